//! The real `ssh-keygen` and `ssh-agent` as oracles.

use signing::{KeyError, PublicKey, SecretKey, Signer as _, sshsig};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const NAMESPACE: &str = "dossier.v1";

/// A folder with a key made by ssh-keygen in it, or nothing where there is no ssh-keygen.
fn keygen(arguments: &[&str]) -> Option<(tempfile::TempDir, PathBuf)> {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    let made = Command::new("ssh-keygen").args(["-q", "-f"]).arg(&key).args(arguments).output();
    match made {
        Ok(output) if output.status.success() => Some((dir, key)),
        Ok(output) => panic!("ssh-keygen: {}", String::from_utf8_lossy(&output.stderr)),
        Err(e) => {
            eprintln!("skipped: ssh-keygen cannot be run ({e})");
            None
        }
    }
}

fn run(command: &mut Command, stdin: &[u8]) -> Output {
    use std::io::Write as _;
    let pipe = || Stdio::piped();
    let mut child = command.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn beside(key: &Path) -> PathBuf {
    key.with_extension("pub")
}

#[test]
fn its_key_files_are_read_and_ours_are_read_by_it() {
    let Some((dir, path)) = keygen(&["-t", "ed25519", "-N", "", "-C", "qa lead@example"]) else { return };
    let key = SecretKey::from_openssh(&read(&path)).unwrap();
    let (public, comment) = PublicKey::from_openssh(&read(&beside(&path))).unwrap();
    assert_eq!((key.public(), key.comment()), (public, comment.as_str()));
    assert_eq!(comment, "qa lead@example");
    assert_eq!(public.to_openssh(&comment), read(&beside(&path)).trim_end());

    let shown = Command::new("ssh-keygen").arg("-lf").arg(beside(&path)).output().unwrap();
    assert!(String::from_utf8(shown.stdout).unwrap().contains(&public.fingerprint()));

    let ours = dir.path().join("ours");
    std::fs::write(&ours, key.to_openssh().as_bytes()).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&ours, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let again = Command::new("ssh-keygen").arg("-yf").arg(&ours).output().unwrap();
    assert_eq!(String::from_utf8(again.stdout).unwrap().trim_end(), public.to_openssh(&comment));
}

#[test]
fn an_encrypted_key_is_named_as_such() {
    let Some((_dir, path)) = keygen(&["-t", "ed25519", "-N", "a passphrase"]) else { return };
    match SecretKey::from_openssh(&read(&path)) {
        Err(KeyError::Encrypted { cipher }) => assert_eq!(cipher, "aes256-ctr"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn other_algorithms_are_named() {
    for (algorithm, name) in [("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "ssh-rsa")] {
        let bits = if algorithm == "rsa" { "2048" } else { "256" };
        let Some((dir, path)) = keygen(&["-t", algorithm, "-b", bits, "-N", ""]) else { return };
        for result in [
            SecretKey::from_openssh(&read(&path)).map(|_| ()),
            PublicKey::from_openssh(&read(&beside(&path))).map(|_| ()),
        ] {
            assert!(matches!(&result, Err(KeyError::Algorithm(a)) if a == name), "{result:?}");
        }
        let message = dir.path().join("message");
        std::fs::write(&message, "text").unwrap();
        run(
            Command::new("ssh-keygen").args(["-Y", "sign", "-n", NAMESPACE, "-f"]).arg(&path).arg(&message),
            b"",
        );
        let e = sshsig::SshSignature::parse(&read(&dir.path().join("message.sig"))).unwrap_err();
        assert!(matches!(&e, sshsig::SshsigError::Key(KeyError::Algorithm(a)) if a == name), "{e:?}");
    }
}

#[test]
fn signatures_are_the_same_byte_for_byte_and_hold_on_both_sides() {
    let Some((dir, path)) = keygen(&["-t", "ed25519", "-N", "", "-C", "qa-lead"]) else { return };
    let key = SecretKey::from_openssh(&read(&path)).unwrap();
    let allowed = dir.path().join("allowed");
    std::fs::write(&allowed, format!("qa-lead {}\n", key.public().to_openssh(""))).unwrap();
    for message in [&b""[..], b"{\"a\":1}", &[0, 255, 10, 13].repeat(5_000)] {
        let file = dir.path().join("message");
        std::fs::write(&file, message).unwrap();
        let _ = std::fs::remove_file(dir.path().join("message.sig"));
        run(
            Command::new("ssh-keygen").args(["-Y", "sign", "-n", NAMESPACE, "-f"]).arg(&path).arg(&file),
            b"",
        );
        let theirs = read(&dir.path().join("message.sig"));
        let ours = sshsig::sign(message, NAMESPACE, &key).unwrap();
        assert_eq!(ours, theirs);
        sshsig::verify(&theirs, message, NAMESPACE, &key.public()).unwrap();

        let signature = dir.path().join("ours.sig");
        std::fs::write(&signature, &ours).unwrap();
        let verify = |namespace: &str| {
            let mut command = Command::new("ssh-keygen");
            command.args(["-Y", "verify", "-I", "qa-lead", "-n", namespace, "-f"]).arg(&allowed);
            run(command.arg("-s").arg(&signature), message).status.success()
        };
        assert!(verify(NAMESPACE));
        assert!(!verify("git"), "the oracle tells purposes apart too");
    }
    let file = dir.path().join("short");
    std::fs::write(&file, "text").unwrap();
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-O", "hashalg=sha256", "-n", NAMESPACE, "-f"]).arg(&path).arg(&file);
    run(&mut command, b"");
    sshsig::verify(&read(&dir.path().join("short.sig")), b"text", NAMESPACE, &key.public()).unwrap();
}

/// An agent of this test alone, ended with it.
#[cfg(unix)]
struct TestAgent(std::process::Child);

#[cfg(unix)]
impl Drop for TestAgent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_only_an_agent_holds_signs() {
    use signing::agent::Agent;
    let Some((dir, path)) = keygen(&["-t", "ed25519", "-N", "", "-C", "in the agent"]) else { return };
    let socket = dir.path().join("agent");
    let started = Command::new("ssh-agent").args(["-D", "-a"]).arg(&socket).stdout(Stdio::null()).spawn();
    let Ok(started) = started else { return eprintln!("skipped: ssh-agent cannot be run") };
    let _agent = TestAgent(started);
    let add = |options: &[&str]| {
        let mut command = Command::new("ssh-add");
        command.arg("-q").args(options).arg(&path).env("SSH_AUTH_SOCK", &socket);
        command.output().unwrap().status.success()
    };
    // The agent needs a moment for its socket; each try is a process, and fails as long as there is none.
    assert!((0..500).any(|_| add(&[])), "the agent takes the key");

    let agent = Agent::at(&socket);
    let (public, _) = PublicKey::from_openssh(&read(&beside(&path))).unwrap();
    assert_eq!(agent.identities().unwrap(), [(public, "in the agent".to_owned())]);
    let signed = sshsig::sign(b"statement", NAMESPACE, &agent.signer(public)).unwrap();
    sshsig::verify(&signed, b"statement", NAMESPACE, &public).unwrap();
    assert_eq!(
        signed,
        sshsig::sign(b"statement", NAMESPACE, &SecretKey::from_openssh(&read(&path)).unwrap()).unwrap()
    );

    assert!(add(&["-d"]), "the agent gives the key up");
    assert_eq!(agent.identities().unwrap(), []);
    let refused = agent.signer(public).sign(b"statement").unwrap_err();
    assert!(
        matches!(refused, signing::SignError::Agent(signing::agent::AgentError::Refused(5))),
        "{refused:?}"
    );
    let nobody = Agent::at(&dir.path().join("nobody"));
    assert!(matches!(nobody.identities(), Err(signing::agent::AgentError::Socket { .. })));
}
