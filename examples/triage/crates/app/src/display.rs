//! How much fits on a line of the view in which the screens are shown.

/// The operating system of the shell, as far as screens depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Platform {
    /// A terminal.
    #[default]
    Terminal,
    /// Android 9.
    Android9,
    /// Android 10 and later.
    Android10,
    /// iOS 15 and later.
    Ios15,
}

impl Platform {
    /// Every platform.
    pub const ALL: [Platform; 4] =
        [Platform::Terminal, Platform::Android9, Platform::Android10, Platform::Ios15];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Platform::Terminal => "terminal",
            Platform::Android9 => "android-9",
            Platform::Android10 => "android-10",
            Platform::Ios15 => "ios-15",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Platform::Terminal => "Linux terminal",
            Platform::Android9 => "Android 9",
            Platform::Android10 => "Android 10 or later",
            Platform::Ios15 => "iOS 15 or later",
        }
    }

    /// Whether label and instructions for use recommend it (RC-12.3).
    pub fn is_recommended(self) -> bool {
        self != Platform::Android9
    }
}

/// The view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Display {
    /// The shell's platform.
    pub platform: Platform,
    /// Width in density-independent pixels.
    pub width: u32,
    /// Font size in percent of the normal one, 50 to 300.
    pub font_scale: u32,
}

impl Default for Display {
    /// 80 columns.
    fn default() -> Display {
        Display { platform: Platform::Terminal, width: 640, font_scale: 100 }
    }
}

/// Width of a character at 100 % in density-independent pixels.
const CHARACTER: u32 = 8;

impl Display {
    /// Columns to lay a screen out for: from 16 to 100.
    ///
    /// Android 9 tells the app at most 150 %, whatever the user has set, so that lines come out too long for the
    /// view at larger sizes and are broken again by it. Known residual anomaly A-2024-087.
    pub fn columns(self) -> usize {
        let told =
            if self.platform == Platform::Android9 { self.font_scale.min(150) } else { self.font_scale };
        columns_at(self.width, told)
    }
}

fn columns_at(width: u32, font_scale: u32) -> usize {
    let scale = font_scale.clamp(50, 300);
    let columns = u64::from(width) * 100 / u64::from(CHARACTER * scale);
    usize::try_from(columns).unwrap_or(usize::MAX).clamp(16, 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn columns(platform: Platform, width: u32, font_scale: u32, expected: usize) {
        assert_eq!(Display { platform, width, font_scale }.columns(), expected);
    }
    cases! { columns;
        phone: Platform::Android10, 360, 100, 45;
        phone_large_font: Platform::Android10, 360, 150, 30;
        phone_largest_font: Platform::Android10, 360, 200, 22;
        never_below_16: Platform::Android10, 200, 300, 16;
        never_above_100: Platform::Ios15, 2000, 100, 100;
        font_below_50_is_50: Platform::Ios15, 320, 10, 80;
        huge_width: Platform::Ios15, u32::MAX, 100, 100;
        android_9_normal: Platform::Android9, 360, 100, 45;
        android_9_at_150: Platform::Android9, 360, 150, 30;
        android_9_is_told_150_at_most: Platform::Android9, 360, 200, 30;
    }

    #[test]
    fn only_android_9_is_not_recommended() {
        let not: Vec<Platform> = Platform::ALL.into_iter().filter(|p| !p.is_recommended()).collect();
        assert_eq!(not, [Platform::Android9]);
    }
}
