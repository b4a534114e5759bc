//! Environments as tools print them, against a declaration.

use proptest::prelude::*;
use soup::drift::{Declaration, Form, Observation, compare, observe};

const WEB: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const OTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

fn declared() -> Declaration {
    let toml = format!(
        "[images]\nweb = \"registry.example.org/triage/web@sha256:{WEB}\"\n\
         [services.database]\naddress = \"aws_db_instance.main\"\nengine_version = \"15.4\"\nmulti_az = true\n\
         [apis.terminology]\nversion = \"4.0.1\"\nurl = \"https://fhir.example/metadata\"\nfield = \"/fhirVersion\"\n\
         [settings]\n\"web/LOG_LEVEL\" = \"info\"\n\"web/limits\" = 3\n"
    );
    Declaration::parse(toml.as_bytes()).unwrap()
}

/// The differences, as `what: declared -> observed`, and how much was compared.
fn differences(form: Form, text: &str) -> (u64, Vec<String>) {
    let seen = observe(form, text.as_bytes(), &declared()).unwrap_or_else(|e| panic!("{e}"));
    let compared = compare(form, &declared(), &seen);
    let said = compared.differences.iter().map(|d| format!("{}: {} -> {}", d.what, d.declared, d.observed));
    (compared.compared, said.collect())
}

fn refused(form: Form, text: &str) -> String {
    observe(form, text.as_bytes(), &declared()).unwrap_err()
}

/// What `kubectl get deploy,pods,configmap -o json` prints, as far as it matters.
fn cluster(image: &str, running: &str, level: &str) -> String {
    format!(
        r#"{{"apiVersion": "v1", "kind": "List", "items": [
        {{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {{"name": "web", "namespace": "triage"}},
          "spec": {{"template": {{"spec": {{"containers": [{{"name": "web", "image": "{image}", "env": [
             {{"name": "LOG_LEVEL", "value": "{level}"}}, {{"name": "limits", "value": "3"}},
             {{"name": "PASSWORD", "value": "never in a record"}},
             {{"name": "TOKEN", "valueFrom": {{"secretKeyRef": {{"name": "t", "key": "k"}}}}}}]}}]}}}}}}}},
        {{"kind": "Pod", "metadata": {{"name": "web-5d78c9869d-abcde", "ownerReferences": [{{"kind": "ReplicaSet", "name": "web-5d78c9869d"}}]}},
          "spec": {{"containers": [{{"name": "web", "image": "{image}"}}]}},
          "status": {{"containerStatuses": [{{"name": "web", "imageID": "docker-pullable://{running}"}}]}}}},
        {{"kind": "Service", "metadata": {{"name": "web"}}}},
        {{"kind": "ConfigMap", "metadata": {{"name": "other"}}, "data": {{"key": "value"}}}}]}}"#
    )
}

#[test]
fn what_runs_in_a_cluster_counts_before_what_was_asked_for() {
    let good = format!("registry.example.org/triage/web@sha256:{WEB}");
    assert_eq!(differences(Form::Kubernetes, &cluster(&good, &good, "info")), (3, vec![]));
    // A tag in the template, and the declared bytes run: through a mirror they are the same bytes.
    let mirrored = format!("mirror.example.net/web@sha256:{WEB}");
    assert_eq!(differences(Form::Kubernetes, &cluster("web:2.4.0", &mirrored, "info")).1, [""; 0]);
    let other = format!("registry.example.org/triage/web@sha256:{OTHER}");
    let (_, found) = differences(Form::Kubernetes, &cluster(&good, &other, "debug"));
    assert_eq!(
        found,
        [format!("image/web: {good} -> {other}"), "setting/web/LOG_LEVEL: info -> debug".to_owned()]
    );
    // A workload that nobody declared, and one that is gone.
    let job = r#"{"kind": "CronJob", "metadata": {"name": "export"}, "spec": {"jobTemplate": {"spec": {"template": {"spec":
        {"containers": [{"name": "export", "image": "export:latest"}]}}}}}}"#;
    let (_, found) = differences(Form::Kubernetes, job);
    assert!(found.contains(&"image/export/export:  -> export:latest".to_owned()), "{found:?}");
    assert!(found.contains(&format!("image/web: {good} -> ")), "{found:?}");
}

#[test]
fn secrets_beside_what_is_compared_are_not_taken() {
    let good = format!("web@sha256:{WEB}");
    let seen = observe(Form::Kubernetes, cluster(&good, &good, "info").as_bytes(), &declared()).unwrap();
    assert_eq!(seen.settings.keys().collect::<Vec<_>>(), ["web/web/LOG_LEVEL", "web/web/limits"]);
    let state = r#"{"version": 4, "terraform_version": "1.7.5", "resources": [{"mode": "managed", "type": "aws_db_instance", "name": "main",
        "instances": [{"attributes": {"engine_version": "15.4", "multi_az": true, "password": "never in a record"}}]}]}"#;
    let seen = observe(Form::Terraform, state.as_bytes(), &declared()).unwrap();
    assert_eq!(
        seen.services["aws_db_instance.main"].keys().collect::<Vec<_>>(),
        ["engine_version", "multi_az"]
    );
}

#[test]
fn services_of_compose() {
    let file = |image: &str, environment: &str| {
        format!("services:\n  web:\n    image: {image}\n    environment:\n{environment}")
    };
    let good = format!("registry.example.org/triage/web@sha256:{WEB}");
    let map = "      LOG_LEVEL: info\n      limits: 3\n";
    let list = "      - LOG_LEVEL=info\n      - limits=3\n      - FROM_OUTSIDE\n";
    for environment in [map, list] {
        assert_eq!(differences(Form::Compose, &file(&good, environment)), (3, vec![]));
    }
    let (_, found) = differences(Form::Compose, &file("web:latest", "      LOG_LEVEL: info\n"));
    assert_eq!(found, [format!("image/web: {good} -> web:latest"), "setting/web/limits: 3 -> ".to_owned()]);
    let (_, found) = differences(Form::Compose, "services:\n  web:\n    build: .\n");
    assert!(found.contains(&format!("image/web: {good} -> built on the spot")), "{found:?}");
    for (text, why) in [
        ("", "it has no service"),
        ("services: {}", "it has no service"),
        ("services: [web]", "it is no compose file"),
        ("services:\n  web:\n   image: [1", "it is no compose file"),
        ("a: &a [*a, *a]\nservices: *a", "it is no compose file"),
    ] {
        assert!(refused(Form::Compose, text).starts_with(why), "{text}: {}", refused(Form::Compose, text));
    }
}

#[test]
fn states_and_plans_of_terraform() {
    // `terraform show -json` of a state, and of a plan, with a module inside.
    let shown = |key: &str, version: &str| {
        format!(
            r#"{{"format_version": "1.0", "{key}": {{"root_module": {{"resources": [
            {{"address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "name": "main",
              "values": {{"engine_version": "{version}", "multi_az": true, "username": "u"}}}},
            {{"address": "data.aws_ami.a", "mode": "data", "values": {{"engine_version": "1"}}}}],
            "child_modules": [{{"address": "module.k", "resources": [
            {{"address": "module.k.aws_eks_cluster.c", "mode": "managed", "values": {{"platform_version": "eks.7", "name": "c"}}}}]}}]}}}}}}"#
        )
    };
    for key in ["values", "planned_values"] {
        let (compared, found) = differences(Form::Terraform, &shown(key, "15.4"));
        assert_eq!(
            (compared, found),
            (3, vec!["service/module.k.aws_eks_cluster.c/platform_version:  -> eks.7".to_owned()])
        );
    }
    let (_, found) = differences(Form::Terraform, &shown("values", "16.1"));
    assert_eq!(found[0], "service/database/engine_version: 15.4 -> 16.1");
    // A state file itself; of a resource with an index the address has it.
    let state = r#"{"version": 4, "resources": [
        {"module": "module.m", "mode": "managed", "type": "aws_lambda_function", "name": "f", "instances": [
            {"index_key": 0, "attributes": {"runtime": "python3.11"}}, {"index_key": "b", "attributes": {"runtime": "python3.12"}}]},
        {"mode": "data", "type": "aws_ami", "name": "a", "instances": [{"attributes": {"runtime": "x"}}]}]}"#;
    let (_, found) = differences(Form::Terraform, state);
    assert_eq!(
        found,
        [
            "service/database/engine_version: 15.4 -> ",
            "service/database/multi_az: true -> ",
            "service/module.m.aws_lambda_function.f[\"b\"]/runtime:  -> python3.12",
            "service/module.m.aws_lambda_function.f[0]/runtime:  -> python3.11",
        ]
    );
    for (text, why) in [
        ("{", "it is no JSON"),
        ("{}", "it is neither what"),
        (r#"{"version": 3, "modules": []}"#, "it is neither what"),
        (r#"{"version": 4, "resources": []}"#, "it holds no managed resource"),
        (r#"{"values": {"root_module": {}}}"#, "it holds no managed resource"),
    ] {
        assert!(refused(Form::Terraform, text).starts_with(why), "{text}");
    }
}

#[test]
fn an_image_and_the_answers_of_apis_are_compared_as_far_as_they_were_seen() {
    let mut seen = Observation::default();
    seen.images.insert("web".to_owned(), [format!("sha256:{OTHER}")].into());
    let compared = compare(Form::Image, &declared(), &seen);
    assert_eq!((compared.compared, compared.differences[0].what.as_str()), (1, "image/web"));
    seen.images.insert("web".to_owned(), [format!("sha256:{}", WEB.to_uppercase())].into());
    assert!(compare(Form::Image, &declared(), &seen).differences.is_empty());
    let mut seen = Observation::default();
    seen.apis.insert("terminology".to_owned(), "4.3.0".to_owned());
    let compared = compare(Form::Http, &declared(), &seen);
    assert_eq!((compared.compared, compared.differences[0].observed.as_str()), (1, "4.3.0"));
    // Nobody answered: nothing was compared, and the caller sees that.
    assert_eq!(compare(Form::Http, &declared(), &Observation::default()).compared, 0);
    assert!(refused(Form::Image, "x").contains("not read from a file"));
}

#[test]
fn what_is_no_environment_is_refused() {
    for (text, why) in [
        ("", "it is no JSON"),
        ("{}", "it holds no workload"),
        (r#"{"items": {}}"#, "its `items` are no list"),
        (r#"{"items": []}"#, "it holds no workload"),
        (
            r#"{"kind": "List", "items": [{"kind": "Service", "metadata": {"name": "a"}}]}"#,
            "it holds no workload",
        ),
        (r#"{"kind": "Status", "status": "Failure", "message": "Unauthorized"}"#, "it holds no workload"),
    ] {
        assert!(
            refused(Form::Kubernetes, text).starts_with(why),
            "{text}: {}",
            refused(Form::Kubernetes, text)
        );
    }
    let good = format!("web@sha256:{WEB}");
    let cut = cluster(&good, &good, "info");
    assert!(refused(Form::Kubernetes, &cut[..cut.len() / 2]).starts_with("it is no JSON"));
    assert!(refused(Form::Kubernetes, &"[".repeat(10_000)).starts_with("it is no JSON"));
}

#[test]
fn declarations_say_what_is_wrong_with_them_and_where() {
    let cases: &[(&str, u32, &str)] = &[
        ("", 0, "nothing is declared"),
        ("[images]\nweb = \"web:latest\"\n", 2, "image `web` is `web:latest`, which names no bytes"),
        ("[services.db]\naddress = \"a.b\"\n", 1, "nothing is declared of service `db`"),
        ("[services.db]\nversion = [1]\n", 2, "`version` of service `db` is no text and no number"),
        ("[settings]\na = {}\n", 2, "setting `a` is no text and no number"),
        ("[apis.x]\nversion = \"1\"\nurl = \"https://a\"\n", 1, "API `x` says not where"),
        (
            "[apis.x]\nversion = \"1\"\nurl = \"https://a\"\nheader = \"h\"\nfield = \"/f\"\n",
            1,
            "API `x` says not",
        ),
        ("[secrets]\n", 1, "unknown field `secrets`"),
    ];
    for (text, line, why) in cases {
        let (at, said) = Declaration::parse(text.as_bytes()).unwrap_err();
        assert_eq!((at, said.starts_with(why)), (*line, true), "{text}: {at} {said}");
    }
    assert!(Declaration::parse(b"\xff").is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_an_observation_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for (_, form) in Form::ALL {
            prop_assert!(observe(form, &bytes, &declared()).is_err());
        }
        let _ = Declaration::parse(&bytes);
    }
}
