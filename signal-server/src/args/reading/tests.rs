//! Words of a command line, and the values or errors that they lead to.

use std::collections::BTreeMap;

use super::*;

/// For each flag that has values: a valid one, or several if it is a list. A flag that is missing
/// here fails `every_variable_and_flag_takes_padded_text`.
const SAMPLES: [(&str, &[&str]); 38] = [
    ("listen", &["127.0.0.1:8787"]),
    ("web-root", &["page folder"]),
    (
        "ice-server",
        &["turn:ann:Top,x y@turn.example.org", "stun:stun.example.org"],
    ),
    ("room-size", &["12"]),
    ("message-bytes", &["65536"]),
    ("message-rate", &["50"]),
    ("message-burst", &["200"]),
    ("queue-messages", &["256"]),
    ("queue-bytes", &["1048576"]),
    ("grace", &["30s"]),
    ("resume-messages", &["64"]),
    ("resume-bytes", &["262144"]),
    ("ping-every", &["20s"]),
    ("silence", &["45"]),
    ("join-rate", &["120"]),
    ("wrong-passcodes", &["10"]),
    ("sockets-per-address", &["64"]),
    ("sockets", &["100000"]),
    ("log-format", &["json"]),
    ("metrics", &["127.0.0.1:9787"]),
    ("trusted-proxy", &["127.0.0.1", "10.0.0.0/8"]),
    (
        "allow-origin",
        &["https://example.org", "http://localhost:1420"],
    ),
    ("redis", &["redis://:pass word@127.0.0.1"]),
    ("redis-lease", &["8s"]),
    ("tls-cert", &["chain.pem"]),
    ("tls-key", &["key.pem"]),
    ("acme", &["a.example.org", "b.example.org"]),
    ("acme-email", &["ann@example.org"]),
    ("acme-dir", &["acme"]),
    ("acme-directory", &["https://acme.example.org"]),
    ("acme-ca", &["ca.pem"]),
    ("turn", &["0.0.0.0:3478", "[::]:3478"]),
    ("turn-tls", &["0.0.0.0:5349", "[::]:5349"]),
    ("public-ip", &["192.0.2.1", "2001:db8::1"]),
    ("turn-host", &["turn.example.org"]),
    ("turn-ports", &["50000-51000"]),
    ("turn-secret", &["a secret, with a comma"]),
    ("turn-ttl", &["3600"]),
];
const MORE_SAMPLES: [(&str, &[&str]); 12] = [
    ("away-grace", &["5s"]),
    ("lost-notice", &["2s"]),
    ("room-members-per-address", &["10"]),
    ("byte-rate", &["262144"]),
    ("byte-burst", &["1048576"]),
    ("stall", &["10s"]),
    ("host", &["meet.example.org", "localhost"]),
    ("turn-allow-peer", &["10.0.0.0/8", "fd00::/8"]),
    ("turn-allocations", &["128"]),
    ("turn-member-megabits", &["50"]),
    ("turn-total-megabits", &["100"]),
    (
        "turn-url",
        &[
            "turn:turn.example.org",
            "turn:turn.example.org?transport=tcp",
        ],
    ),
];
/// Flags that a flag needs, or that need it.
const COMPANIONS: [(&str, &[&str]); 7] = [
    ("tls-cert", &["--tls-key=key.pem"]),
    ("tls-key", &["--tls-cert=chain.pem"]),
    ("acme", &["--acme-dir=acme"]),
    ("acme-email", &["--acme=m.example.org", "--acme-dir=acme"]),
    ("acme-dir", &["--acme=m.example.org"]),
    (
        "acme-directory",
        &["--acme=m.example.org", "--acme-dir=acme"],
    ),
    ("acme-ca", &["--acme=m.example.org", "--acme-dir=acme"]),
];

fn words_of(words: &[&str]) -> Vec<OsString> {
    std::iter::once("signal-server")
        .chain(words.iter().copied())
        .map(OsString::from)
        .collect()
}

fn parse_with(words: &[&str], variables: &[(&str, &str)]) -> Result<Args, Ending> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    parse(words_of(words), |name| {
        variables.get(name).map(OsString::from)
    })
}

/// The words for clap.
fn collected(words: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    collect(&Args::command(), words_of(words), |name| {
        variables.get(name).map(OsString::from)
    })
    .unwrap()
    .into_iter()
    .skip(1)
    .map(|word| word.into_string().unwrap())
    .collect()
}

fn refused(words: &[&str], variables: &[(&str, &str)]) -> String {
    match parse_with(words, variables) {
        Ok(args) => panic!("{words:?} {variables:?} is taken: {args:?}"),
        Err(Ending::Sentence(sentence)) => sentence,
        Err(Ending::Clap(error)) => error.to_string(),
    }
}

fn check(words: &[&str], expect: &str) {
    assert_eq!(refused(words, &[]), expect);
}

#[test]
fn invalid_value_is_shown_with_the_expected_form() {
    check(
        &["--room-size", "many"],
        "--room-size (or SNUG_ROOM_SIZE) is \"many\": write a whole number, like 12.",
    );
    check(
        &["--sockets", "99999999999999999999"],
        "--sockets (or SNUG_SOCKETS) is \"99999999999999999999\": that is too large.",
    );
    check(
        &["--listen", "localhost:8787"],
        "--listen (or SNUG_LISTEN) is \"localhost:8787\": write an address and a port, like \
         0.0.0.0:8787 or [::]:8787; a name is not enough.",
    );
    check(
        &["--public-ip", "here"],
        "--public-ip (or SNUG_PUBLIC_IP) is \"here\": write an address, like 203.0.113.5 or \
         2001:db8::5.",
    );
    check(
        &["--grace", "soon"],
        "--grace (or SNUG_GRACE) is \"soon\": write seconds, like 30 or 500ms.",
    );
    check(
        &["--trusted-proxy", "10.1.2.3/8"],
        "--trusted-proxy (or SNUG_TRUSTED_PROXY) is \"10.1.2.3/8\": that is an address within a \
         network: write 10.0.0.0/8 for all of it, or 10.1.2.3 for the one address.",
    );
    assert!(refused(&["--no-such-flag"], &[]).contains("'--no-such-flag'"));
    check(
        &["--room-size", "5", "\u{2014}listen", "0.0.0.0:80"],
        "\"—listen\" is no flag: write two hyphens, as in --listen.",
    );
    assert!(refused(&["docter"], &[]).contains("'doctor'"));
    assert!(refused(&["--acme=m.example.org"], &[]).contains("--acme-dir <FOLDER>"));
}

#[test]
fn password_is_not_repeated() {
    check(
        &["--ice-server", "turn:ann:north wind@a b"],
        "--ice-server (or SNUG_ICE_SERVERS): there is no usable host: write its name, an IPv4 \
         address or [an IPv6 address].",
    );
    check(
        &["--ice-server", "stun:a,turn:ann:north wind@a b"],
        "--ice-server (or SNUG_ICE_SERVERS), number 2 of 2: there is no usable host: write its \
         name, an IPv4 address or [an IPv6 address].",
    );
    check(
        &["--allow-origin", "https://ann:sesame@example.org/page"],
        "--allow-origin (or SNUG_ALLOW_ORIGIN) is \"https:…@example.org/page\": write the page's \
         scheme and host, like https://example.org, or * for any page.",
    );
}

/// White space that files, shells and editors leave.
#[test]
fn every_variable_and_flag_takes_padded_text() {
    let samples: BTreeMap<_, _> = SAMPLES.into_iter().chain(MORE_SAMPLES).collect();
    let companions: BTreeMap<_, _> = COMPANIONS.into_iter().collect();
    let mut variables = 0;
    for arg in Args::command().get_arguments() {
        let Some(long) = arg.get_long().filter(|_| arg.get_action().takes_values()) else {
            continue;
        };
        let sample = samples
            .get(long)
            .unwrap_or_else(|| panic!("add a sample for --{long} to SAMPLES"));
        let companions = companions.get(long).copied().unwrap_or_default();
        let flag = format!("--{long}");
        let plain = sample.join(",");
        let expect: Vec<_> = sample
            .iter()
            .map(|value| format!("{flag}={value}"))
            .collect();
        let name = arg.get_env().unwrap().to_str().unwrap();
        let mut texts = vec![
            plain.clone(),
            format!(" {plain} "),
            format!("{plain}\n"),
            format!("{plain}\r\n"),
            format!("\t{plain}\r"),
            format!("\u{2003}{plain}"),
        ];
        if sample.len() > 1 {
            texts.push(sample.join(", "));
            texts.push(sample.join(" ,\t"));
            texts.push(sample.join(",\r\n"));
            texts.push(format!("{plain},"));
            texts.push(format!("{plain} ,\n"));
        }
        for text in &texts {
            let words = collected(&[], &[(name, text)]);
            assert_eq!(words, expect, "{name}={text:?}");
            assert_eq!(collected(&[&flag, text], &[]), expect, "{flag} {text:?}");
            let joined = format!("{flag}={text}");
            assert_eq!(collected(&[&joined], &[]), expect, "{joined:?}");
            let parsed = parse_with(companions, &[(name, text)]);
            parsed.unwrap_or_else(|error| panic!("{name}={text:?}: {error:?}"));
        }
        for nothing in ["", " ", "\r\n", " \t"] {
            assert!(
                collected(&[], &[(name, nothing)]).is_empty(),
                "{name}={nothing:?}"
            );
            let sentence = refused(&[&flag, nothing], &[]);
            assert_eq!(
                sentence,
                format!("{flag} is empty: give it a value, or leave it out.")
            );
        }
        variables += 1;
    }
    assert_eq!(variables, samples.len(), "a sample is for no flag");
}

/// Invisible characters, which other programs remove.
#[test]
fn every_variable_and_flag_refuses_invisible_characters() {
    let samples: BTreeMap<_, _> = SAMPLES.into_iter().chain(MORE_SAMPLES).collect();
    for arg in Args::command().get_arguments() {
        let Some(sample) = arg.get_long().and_then(|long| samples.get(long)) else {
            continue;
        };
        let (name, value) = (arg.get_env().unwrap().to_str().unwrap(), sample[0]);
        for quote in ['"', '\''] {
            let sentence = refused(&[], &[(name, &format!("{quote}{value}{quote}\n"))]);
            assert!(
                sentence.contains(name) && sentence.contains("leave them out"),
                "{sentence}"
            );
        }
        let (start, end) = value.split_at(value.len() / 2);
        for (letter, escape) in [
            ("\r", "\\r"),
            ("\n", "\\n"),
            ("\0", "\\0"),
            ("\u{1b}[2J", "\\u{1b}"),
        ] {
            let sentence = refused(&[], &[(name, &format!("{start}{letter}{end}"))]);
            assert!(
                sentence.contains(name) && sentence.contains("cannot be seen"),
                "{sentence}"
            );
            assert!(!sentence.contains(letter), "{sentence:?}");
            assert_eq!(
                sentence.contains(escape),
                !arg.is_hide_env_values_set(),
                "{sentence}"
            );
        }
    }
    for letter in ['\u{200b}', '\u{feff}', '\u{202e}', '\u{a0}', '\u{2028}'] {
        let sentence = refused(&[], &[("SNUG_ROOM_SIZE", &format!("1{letter}2"))]);
        let escape = letter.escape_unicode().to_string();
        assert!(sentence.contains(&escape), "no {escape} in {sentence}");
    }
}

#[cfg(unix)]
#[test]
fn every_variable_but_a_path_refuses_invalid_utf_8() {
    use std::os::unix::ffi::OsStringExt;

    for arg in Args::command().get_arguments() {
        let Some(name) = arg.get_env().and_then(|name| name.to_str()) else {
            continue;
        };
        let parsed = parse(words_of(&[]), |asked| {
            (asked == name).then(|| OsString::from_vec(b"a\xff".to_vec()))
        });
        let sentence = match parsed {
            Ok(_) | Err(Ending::Clap(_)) => String::new(),
            Err(Ending::Sentence(sentence)) => sentence,
        };
        let is_path = ["FILE", "FOLDER"].contains(&arg.get_value_names().unwrap()[0].as_str());
        assert_eq!(
            sentence.contains("no text in UTF-8"),
            !is_path,
            "{name}: {sentence}"
        );
        assert!(is_path || sentence.contains(name), "{sentence}");
    }
}

#[test]
fn flag_overrides_its_variable() {
    let variables = [
        ("SNUG_ROOM_SIZE", "many"),
        ("SNUG_ACME", " "),
        ("SNUG_TURN", ","),
    ];
    assert_eq!(
        collected(&["--room-size", " 5"], &variables),
        ["--room-size=5"]
    );
    assert_eq!(
        collected(&["doctor", "--json", " a b "], &variables),
        ["doctor", "--json", " a b "]
    );
    assert!(parse_with(&["doctor", "meet.example.org"], &variables).is_ok());
    let sentence = refused(&[], &variables);
    assert!(
        sentence.starts_with("--room-size (or SNUG_ROOM_SIZE) is \"many\""),
        "{sentence}"
    );
}

#[test]
fn flag_without_its_value_is_reported() {
    for words in [
        &["--room-size"][..],
        &["--turn-secret", "--grace", "5"],
        &["--turn-secret", "-abc"],
    ] {
        let sentence = refused(words, &[]);
        assert_eq!(
            sentence,
            format!("{0} has no value; write {0}=VALUE.", words[0])
        );
    }
}

#[test]
fn mapped_addresses_become_ipv4() {
    let variables = [
        ("SNUG_LISTEN", "[::ffff:127.0.0.1]:8787"),
        ("SNUG_METRICS", "[::ffff:7f00:1]:9787"),
        ("SNUG_TURN", "[::ffff:192.0.2.1]:3478, [2001:db8::1]:3478"),
        ("SNUG_PUBLIC_IP", "::ffff:192.0.2.1"),
        ("SNUG_TRUSTED_PROXY", "::ffff:127.0.0.0/104"),
        ("SNUG_TURN_ALLOW_PEER", "::ffff:10.0.0.0/104"),
    ];
    let args = parse_with(&[], &variables).unwrap();
    assert_eq!(args.listen.to_string(), "127.0.0.1:8787");
    let config = args.into_config();
    assert_eq!(config.metrics.unwrap().to_string(), "127.0.0.1:9787");
    let turn: Vec<_> = config.turn.listen.iter().map(ToString::to_string).collect();
    assert_eq!(turn, ["192.0.2.1:3478", "[2001:db8::1]:3478"]);
    assert_eq!(
        config.turn.public_ips,
        ["192.0.2.1".parse::<std::net::IpAddr>().unwrap()]
    );
    assert_eq!(config.trusted_proxies[0].to_string(), "127.0.0.0/8");
    assert_eq!(config.turn.allow_peers[0].to_string(), "10.0.0.0/8");
}

const MARK: &str = "Xk7q";

/// Words and variables.
type Attempt<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

/// A secret in any part of any value, in any flag that has one, misspelt flags too.
#[test]
fn refused_secret_is_never_repeated() {
    let carriers: Vec<_> = Args::command()
        .get_arguments()
        .filter(|arg| arg.is_hide_env_values_set())
        .map(|arg| {
            (
                format!("--{}", arg.get_long().unwrap()),
                arg.get_env().unwrap().to_owned(),
            )
        })
        .collect();
    assert!(carriers.len() >= 4, "{carriers:?}");
    let values = [
        MARK.to_owned(),
        format!("{MARK}:"),
        format!("turn:ann:{MARK},x@host"),
        format!("turn:ann:x,{MARK}@host"),
        format!("turn:ann:x,turn:{MARK}@host"),
        format!("turn://ann:{MARK}@host"),
        format!("turn:{MARK}@host"),
        format!("turn:{MARK}:@host"),
        format!("turn:ann:{MARK}@"),
        format!("turn:ann:{MARK}@a b"),
        format!("turn:ann:{MARK}%@host"),
        format!("turn:ann:pw@{MARK} x"),
        format!("turn:ann:pw@host:{MARK}"),
        format!("turn:ann:pw@host?{MARK}"),
        format!("stun:ann:{MARK}@host"),
        format!("stun:{MARK} x"),
        format!("https://ann:{MARK}@host"),
        format!("{MARK}://ann:pw@host"),
        format!("redis://ann:{MARK}@host:port"),
        format!("redis://ann:{MARK}@"),
        format!("redis://ann:pw@host/{MARK}"),
        format!("rediss://ann:{MARK}@host"),
        format!("\"{MARK}\""),
        format!("a\r{MARK}"),
        format!("{MARK}\nb"),
        format!("a {MARK} b"),
        format!("-{MARK}"),
    ];
    for (flag, variable) in &carriers {
        let variable = variable.to_str().unwrap();
        for value in &values {
            let attempts: [Attempt<'_>; 12] = [
                (&[flag, value], &[]),
                (&[&format!("{flag}={value}")], &[]),
                (&[], &[(variable, value)]),
                (&[flag, value, flag, value], &[]),
                (&[flag, "first", value], &[]),
                (&[flag, "first", "second", value], &[]),
                (&[&format!("{flag}{value}")], &[]),
                (&[&format!("{flag}s={value}")], &[]),
                (&[&format!("{flag}s"), value], &[]),
                (&[&format!("-{flag}"), value], &[]),
                (&[flag, "first", "--", value], &[]),
                (&["--room-size", "many", flag, value], &[]),
            ];
            for (words, variables) in attempts {
                let said = match parse_with(words, variables) {
                    Ok(args) => format!("{args:?}"),
                    Err(Ending::Sentence(sentence)) => sentence,
                    Err(Ending::Clap(error)) => error.to_string(),
                };
                assert!(!said.contains(MARK), "{words:?} {variables:?}: {said}");
            }
        }
    }
}
