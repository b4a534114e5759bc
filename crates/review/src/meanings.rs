//! What a word means beside itself: its stem, words of the same meaning, the parts of a compound. English and German.

/// What is left of a word without the endings of its language.
pub(crate) fn stem(word: &str) -> &str {
    let mut out = word;
    for ending in [
        "ierungen",
        "ierung",
        // `entwickeln`, `entwickelt` and `Entwicklung` are one word, `einstellen` and `Einstellung` another kind.
        "klungen",
        "klung",
        "kelte",
        "keln",
        "kelt",
        "dlungen",
        "dlung",
        "delte",
        "deln",
        "delt",
        "mlungen",
        "mlung",
        "melte",
        "meln",
        "melt",
        "elungen",
        "elung",
        "erungen",
        "erung",
        "ifications",
        "ification",
        "ifizierung",
        "ifiziert",
        "ifiziert",
        "izations",
        "ization",
        "ations",
        "ation",
        "ungen",
        "ung",
        "ements",
        "ement",
        "ments",
        "ment",
        "iert",
        "ieren",
        "ities",
        "ity",
        "ives",
        "ive",
        "ings",
        "ing",
        "ions",
        "ion",
        "ies",
        "ied",
        "ier",
        "ern",
        "est",
        "ers",
        "er",
        "en",
        "em",
        "es",
        "ed",
        "et",
        "te",
        "ly",
        "e",
        "s",
        "n",
        "t",
        "y",
    ] {
        if let Some(cut) = out.strip_suffix(ending)
            && cut.chars().count() >= 4
        {
            out = cut;
            break;
        }
    }
    out
}

/// Words that mean the same in this field, by their beginnings, English and German together. A `$` at the end: the whole word.
const SAME: &[&str] = &[
    "anomal defect bug issue fault fehler mangel mängel problem flaw glitch störung",
    "evaluat assess judg apprais rated rating weigh consider bewert beurteil eingestuft eingeschätzt \
     einschätz abgewogen begutacht gewürdigt",
    "analys analyz investigat examin untersuch betrachtet nachgegangen durchleuchtet",
    "complet finish done closed conclud abgeschlossen fertig vollständig erledigt beendet abgearbeitet",
    "execut perform carried conducted ran$ run$ runs$ durchgeführt ausgeführt führt durchlaufen \
     gelaufen lief$ liefen$ vollzogen",
    "verif check prüf geprüft review inspect verifi confirm bestätigt nachgeprüft kontrolliert \
     durchgesehen gegengelesen gesichtet nachgewiesen überprüf",
    "pass green$ success fulfil bestanden erfüll erfolgreich fehlerfrei grün$",
    "fail fehlgeschlagen fehlschlag durchgefallen",
    "manufacturer supplier vendor producer maker hersteller lieferant anbieter publisher",
    "archiv vault stored kept retain abgelegt aufbewahr gespeichert ablage verwahr hinterlegt",
    "checksum digest hash sha-256 sha256 prüfsumme hashwert fingerprint",
    "signature signed signing signatur signiert",
    "release freigabe freigegeben freizugeb ship$ shipped rollout",
    "residual known open unresolved remaining uncorrected unfixed bekannt offen verbleibend restlich \
     restfehler",
    "risk risiko risik",
    "hazard gefährd danger gefahr",
    "safety sicherheit",
    "requirement anforderung srs req lastenheft pflichtenheft specification spezifikation forderung \
     vorgabe",
    "test erprob prüflauf prüffall prüffäll testlauf probelauf",
    "plan konzept strategy strategie",
    "trace traceab rückverfolg nachverfolg linked links verlink verknüpf zuordn zugeordnet points$",
    "approv authoriz authoris accepted genehmig freigegeben angenommen bewilligt zugestimmt \
     abgezeichnet unterschrieben unterzeichn",
    "responsib verantwort zuständig owner accountable in-charge",
    "identif kennzeich kennung identifi unique eindeutig",
    "component item module komponente baustein element softwarekomponente subsystem part$ parts$ modul \
     teil$ teile$ baugruppe",
    "soup off-the-shelf third-party library libraries bibliothek fremdsoftware drittanbieter ots$ cots \
     open-source zukauf zugekauft fremdpaket fremdbibliothek freertos zephyr sqlite openssl mbedtls \
     lwip qt$ qt5 qt6 boost$ zlib linux$ numpy tensorflow pytorch react$ django spring$ electron$ \
     threadx vxworks qnx postgresql mysql nginx opencv libpng curl$ libcurl",
    "change modif änder geändert",
    "fix$ fixed fixes correct korrektur korrigier behob behebung repair patch lösung resol solution",
    "cause ursache root$ auslös trigger",
    "control measure mitigat maßnahme massnahme beherrsch safeguard countermeasure gegenmaßnahme \
     abhilfe schutzmaßnahme",
    "built build compil erzeugt erstellt gebaut buildumgebung paket übersetzt kompil pipeline",
    "environment umgebung container host toolchain docker image$ runner",
    "deliver distribut download install ausliefer auslieferung update",
    "notif inform advis tell told communicat benachrichtig mitgeteilt verständigt unterrichtet \
     angeschrieben",
    "feedback complaint rückmeld beschwerde reklamation hotline support kundenmeldung",
    "segregat separat isolat partition getrennt trennung abgegrenzt gekapselt abgeschottet sandbox",
    "interface schnittstelle api protocol protokollschnitt angeschlossen anbindung connect",
    "design entwurf detailed feinentwurf",
    "architect architektur",
    "integrat assembl zusammengeführt zusammengesetzt zusammenbau",
    "result ergebnis outcome befund finding",
    "criteri kriteri threshold akzeptanz abnahme acceptance tolerance grenzwert toleranz",
    "retest repeat regression re-run rerun wiederhol nachtest erneut again nochmal abermals",
    "cover abgedeckt abdeck coverage",
    "author written writes wrote verfasser verfasst autor ersteller schreibt develops",
    "document dokument deliverable arbeitsergebnis unterlage papers$",
    "period years jahre frist retention lifetime aufbewahrungsfrist",
    "trend tendenz häuf cluster recurr wiederkehr",
    "critical severity kritikalität schweregrad priority priorität schwere$ einstufung",
    "record aufzeichnung protokoll report bericht",
    "procedure instruction process verfahren arbeitsanweisung anweisung prozess workflow",
    "tool werkzeug compiler linker",
    "tester testingenieur test-engineer prüfer",
    "lifecycle life-cycle life lebenszyklus lebenszyklusmodell v-model v-modell waterfall wasserfall \
     agile agil$ scrum increment sprint iterati kanban",
    "harm injur death schaden verletz tod$ tode$ tödlich kill die$ hurt sterb overdos überdos",
    "class klasse sicherheitsklasse classif klassifiz einstuf",
    "history historie status log$ verlauf changelog",
    "title name bezeichnung titel component package",
    "update current maintain aktualisier fortgeschrieben gepflegt überarbeit revis",
    "upgrade obsolet end-of-life abkündig abgekündig outdated veraltet",
    "expect erwartet soll-ergebnis sollwert",
    "input stimulus eingabe eingang",
    "alarm warning warnung message meldung alert buzzer beep signalton hinweis",
    "security password authentic encrypt passwort verschlüssel pin$ tls$ login anmeld kennwort",
    "justif rational begründ reason because weil$",
    "unit einheit softwareeinheit function$ functions$ klassen",
    "legacy altsoftware bestandssoftware altprodukt altsystem",
    "market field feld markt",
    "gap missing lücke fehlend fehlt fehlen lacking absent",
    "compar against vergl abgleich abgeglichen gegenüber gegenübergestellt",
    "affect effect impact concern auswirk betroffen betrifft beeinfluss einfluss wirkt",
    "user customer clinic hospital operator anwender kund klinik betreiber krankenh nutzer",
    "authorit regulator behörde aufsicht",
    "consist compos compris divid split decompos gliedert besteht bestehen$ aufgeteilt unterteilt \
     zerlegt",
    "protect prevent guard geschützt verhinder schützt unterbind begrenz",
    "platform operating plattform betriebssystem windows android ios$ cortex arm$ processor prozessor \
     memory speicher ram$ hardware",
    "serious severe schwer$ schwere$ schweren$ ernst schwerwiegend fatal",
    "baseline snapshot configuration konfiguration stückliste composition",
];

/// The numbers of the groups that a word belongs to.
pub(crate) fn groups(word: &str) -> impl Iterator<Item = usize> + '_ {
    let is = move |entry: &str| match entry.strip_suffix('$') {
        Some(whole) => word == whole,
        None => word.starts_with(entry),
    };
    SAME.iter().enumerate().filter(move |(_, g)| g.split(' ').any(is)).map(|(i, _)| i)
}

/// The parts of a word that mean something by themselves, beside the word: both sides of a hyphen (`bug-52` is about a bug), the
/// head of a German compound (`modultests` are tests), and the umlauts of a word that was written without them.
pub(crate) fn parts(word: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    out.extend(word.split('-').filter(|p| p.len() < word.len() && p.chars().count() > 2).map(str::to_owned));
    let letters = word.chars().count();
    if letters >= HEAD_WITHIN && word.chars().all(char::is_alphabetic) {
        let cuts = word.char_indices().map(|(at, _)| at).skip(HEAD_MIN);
        out.extend(
            cuts.filter_map(|at| word.get(at..)).filter(|h| h.chars().count() >= HEAD_MIN).map(str::to_owned),
        );
    }
    if ["ae", "oe", "ue"].iter().any(|d| word.contains(d)) {
        out.push(word.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü"));
    }
    if word.contains("ss") {
        out.push(word.replace("ss", "ß"));
    }
    out
}

/// A compound has at least so many letters, its head and what stands before it so many each.
const HEAD_WITHIN: usize = 9;
const HEAD_MIN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_root_have_one_stem() {
        assert_eq!(stem("evaluated"), stem("evaluates"));
        assert_eq!(stem("requirements"), stem("requirement"));
        assert_eq!(stem("entwickeln"), stem("entwicklung"));
        assert_eq!(stem("behandelt"), stem("behandlung"));
        assert_eq!(stem("einstellen"), stem("einstellung"));
        assert_eq!(stem("ändern"), stem("änderung"));
    }

    #[test]
    fn words_of_one_meaning_share_a_group_and_others_do_not() {
        let same = |a: &str, b: &str| groups(a).any(|g| groups(b).any(|h| g == h));
        assert!(
            same("defects", "anomaly")
                && same("geprüft", "verified")
                && same("Klinik".to_lowercase().as_str(), "users")
        );
        // A whole word only: a participant is no part.
        assert!(same("part", "component") && !same("participant", "component"));
    }

    #[test]
    fn compounds_and_words_without_umlauts_are_taken_apart() {
        let has = |word: &str, part: &str| parts(word).iter().any(|p| p == part);
        assert!(has("modultests", "tests") && has("bug-52", "bug"));
        assert!(has("pruefbericht", "prüfbericht") && has("massnahme", "maßnahme"));
        assert!(parts("test").is_empty());
    }
}
