//! Faulty files, and the sentence for each.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, Issuer,
    KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, date_time_ymd,
};
use tokio_rustls::rustls::crypto::ring;

use super::*;
use crate::tls::DAY;

/// 2026-01-01 and 2027-01-01.
const FROM: u64 = 1_767_225_600;
const UNTIL: u64 = 1_798_761_600;

type Years = (i32, i32);
const THIS_YEAR: Years = (2026, 2027);

fn params(names: &[&str], subject: &str, (from, until): Years) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, subject);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

fn authority_params(subject: &str, years: Years) -> CertificateParams {
    let mut params = params(&[], subject, years);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let params = authority_params(name, (2020, 2040));
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Root, intermediate and the relay's own, each in PEM, with the key of the last.
struct Chain {
    own: String,
    intermediate: String,
    root: String,
    key: String,
}

impl Chain {
    fn new(intermediate: Years) -> Self {
        let root = root("Root");
        let params_of_it = authority_params("Intermediate", intermediate);
        let signer = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let signer = CertifiedIssuer::signed_by(params_of_it, signer, &root).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = params(&["meet.example.org"], "Meet", THIS_YEAR);
        let own = own.signed_by(&key, &signer).unwrap();
        Self {
            own: own.pem(),
            intermediate: signer.pem(),
            root: root.pem(),
            key: key.serialize_pem(),
        }
    }
}

fn self_signed(params: &CertificateParams) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn pems() -> (String, String) {
    self_signed(&params(&["meet.example.org"], "Meet", THIS_YEAR))
}

fn read(chain: &[u8], key: &[u8], now: u64) -> Result<Certificate, CertificateError> {
    let paths = CertificateFiles {
        certificate: "chain.pem".into(),
        key: "key.pem".into(),
    };
    Certificate::read(&paths, chain, key, &ring::default_provider(), now)
}

fn check(chain: &str, key: &str, now: u64, expect: &str) {
    let sentence = read(chain.as_bytes(), key.as_bytes(), now)
        .err()
        .map_or_else(String::new, |error| error.to_string());
    assert!(
        sentence.starts_with(expect) && sentence.is_empty() == expect.is_empty(),
        "{expect:?}: {sentence}"
    );
    let file = match expect.starts_with("--tls-key") {
        true => "key.pem",
        false => "chain.pem",
    };
    assert!(
        sentence.is_empty() || sentence.contains(file),
        "no {file}: {sentence}"
    );
}

#[test]
fn unusable_certificate_is_refused_with_its_flag() {
    let (chain, key) = pems();
    let (_, another) = pems();
    check(&chain, &key, FROM, "");
    check(&chain, &key, UNTIL, "");
    check("hello", &key, FROM, "--tls-cert: there is no certificate");
    check(&key, &key, FROM, "--tls-cert: there is no certificate");
    check(&chain, "hello", FROM, "--tls-key: there is no private key");
    check(&chain, &chain, FROM, "--tls-key: there is no private key");
    check(
        &chain,
        &another,
        FROM,
        "--tls-key does not belong to --tls-cert",
    );
    check(
        &chain,
        &key,
        UNTIL + 3 * DAY,
        "--tls-cert: the certificate expired 3 days ago",
    );
    check(
        &chain,
        &key,
        FROM - 1,
        "--tls-cert: the certificate is valid in less than a day only",
    );
}

#[test]
fn certificate_file_of_another_kind_has_its_remedy() {
    let (chain, key) = pems();
    let relabeled = |label: &str| chain.replace("CERTIFICATE", label);
    let der = |label: &str| Pem::read(label.as_bytes()).unwrap().blocks[0].der.clone();
    for (file, expect) in [
        ("", "--tls-cert: cannot read chain.pem as PEM: it is empty."),
        (
            &key,
            "--tls-cert: there is no certificate in PEM in chain.pem, but a private key: are --tls-cert and --tls-key exchanged?",
        ),
        (
            &relabeled("CERTIFICATE REQUEST"),
            "--tls-cert: there is no certificate in PEM in chain.pem, but the request for one",
        ),
        (
            &relabeled("PKCS7"),
            "--tls-cert: there is no certificate in PEM in chain.pem, but PKCS #7",
        ),
        (
            &relabeled("TRUSTED CERTIFICATE"),
            "--tls-cert: there is no certificate in PEM in chain.pem, but one in OpenSSL's own form",
        ),
        (
            &relabeled("DH PARAMETERS"),
            "--tls-cert: there is no certificate in PEM in chain.pem, but DH PARAMETERS",
        ),
        (
            &chain[..200],
            "--tls-cert: cannot read chain.pem as PEM: its block 1, which begins with -----BEGIN CERTIFICATE-----, has no end",
        ),
        (
            &format!("{chain}{}", &chain[..200]),
            "--tls-cert: cannot read chain.pem as PEM: its block 2",
        ),
        (
            &chain.replacen("MII", "AII", 1),
            "--tls-cert: certificate 1 in chain.pem is damaged",
        ),
    ] {
        check(file, &key, FROM, expect);
    }
    for (file, expect) in [
        ("", "--tls-key: cannot read key.pem as PEM: it is empty."),
        (
            &chain,
            "--tls-key: there is no private key in PEM in key.pem, but a certificate: are --tls-cert and --tls-key exchanged?",
        ),
        (
            &key.replace("PRIVATE", "PUBLIC"),
            "--tls-key: there is no private key in PEM in key.pem, but the public one",
        ),
        (
            &key.replace("PRIVATE", "OPENSSH PRIVATE"),
            "--tls-key: there is no private key in PEM in key.pem, but one for SSH",
        ),
        (
            &key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
            "--tls-key: the key in key.pem wants a passphrase",
        ),
        (
            &key.replacen("MIG", "AIG", 1),
            "--tls-key: the key in key.pem is damaged",
        ),
    ] {
        check(&chain, file, FROM, expect);
    }
    for (chain, key, expect) in [
        (
            der(&chain),
            key.clone().into_bytes(),
            "--tls-cert: cannot read chain.pem as PEM: it is in DER",
        ),
        (
            chain.clone().into_bytes(),
            der(&key),
            "--tls-key: cannot read key.pem as PEM: it is in DER",
        ),
    ] {
        let sentence = read(&chain, &key, FROM).unwrap_err().to_string();
        assert!(sentence.starts_with(expect), "{sentence}");
    }
}

/// Made by OpenSSL: see the file.
#[test]
fn unsupported_key_is_named_by_its_kind() {
    let (chain, _) = pems();
    let mut kinds = 0;
    for section in include_str!("../private_key/keys.txt")
        .split("\n# ")
        .skip(1)
    {
        let (expect, key) = section.split_once('\n').unwrap();
        let sentence = read(chain.as_bytes(), key.as_bytes(), FROM)
            .unwrap_err()
            .to_string();
        assert!(sentence.starts_with("--tls-key: "), "{sentence}");
        assert!(
            sentence.contains(expect) && sentence.contains("key.pem"),
            "{expect}: {sentence}"
        );
        kinds += 1;
    }
    assert_eq!(kinds, 15);
}

/// The sent certificates, and the remarks.
fn check_shown(file: &str, key: &str, expect: &[&str], remarks: &[&str]) -> Certificate {
    let certificate = read(file.as_bytes(), key.as_bytes(), FROM).unwrap();
    let sent: Vec<_> = certificate
        .shown
        .cert
        .iter()
        .map(|der| der.to_vec())
        .collect();
    let wanted: Vec<_> = expect
        .iter()
        .map(|pem| Pem::read(pem.as_bytes()).unwrap().blocks[0].der.clone())
        .collect();
    assert!(sent == wanted, "{} certificates are sent", sent.len());
    let said: Vec<_> = certificate
        .remarks
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said.len(), remarks.len(), "{said:?}");
    for (said, remark) in said.iter().zip(remarks) {
        assert!(
            said.contains(remark) && said.contains("chain.pem"),
            "no {remark:?} in {said}"
        );
    }
    certificate
}

#[test]
fn certificate_chain_is_sent_whole_however_it_is_joined() {
    let Chain {
        own,
        intermediate,
        key,
        ..
    } = &Chain::new((2025, 2030));
    let whole = [own.as_str(), intermediate.as_str()];
    for file in [
        format!("{own}{intermediate}"),
        format!("{}{intermediate}", own.trim_end()),
        format!("\u{feff}{own}\n\n{intermediate}"),
        format!("{own}{intermediate}")
            .replace("\r\n", "\n")
            .replace('\n', "\r\n"),
    ] {
        check_shown(&file, key, &whole, &[]);
        check_shown(&file, &format!("\u{feff}{}", key.trim_end()), &whole, &[]);
    }
}

#[test]
fn unordered_certificate_chain_is_sent_in_order() {
    let Chain {
        own,
        intermediate,
        root,
        key,
    } = &Chain::new((2025, 2030));
    let reordered = "are not in order and are sent in order";
    let whole = [own.as_str(), intermediate, root];
    check_shown(&format!("{own}{intermediate}{root}"), key, &whole, &[]);
    for file in [
        format!("{root}{intermediate}{own}"),
        format!("{own}{root}{intermediate}"),
        format!("{intermediate}{root}{own}"),
        format!("{intermediate}{own}{root}"),
    ] {
        check_shown(&file, key, &whole, &[reordered]);
    }
    let whole = [own.as_str(), intermediate];
    check_shown(&format!("{intermediate}{own}"), key, &whole, &[reordered]);
}

#[test]
fn unsent_certificate_is_reported() {
    let Chain {
        own,
        intermediate,
        key,
        ..
    } = &Chain::new((2025, 2030));
    let stranger = root("Stranger").pem();
    let whole = [own.as_str(), intermediate];
    let left_out = "(CN=Stranger) signed none before it and is not sent";
    for file in [
        format!("{own}{intermediate}{stranger}"),
        format!("{own}{stranger}{intermediate}"),
    ] {
        check_shown(&file, key, &whole, &[left_out]);
    }
    check_shown(
        &format!("{own}{own}{intermediate}"),
        key,
        &whole,
        &["certificate 2 of the file (CN=Meet) signed none before it and is not sent"],
    );
    check_shown(
        &format!("Bag Attributes\n{own}{}{intermediate}", key),
        key,
        &whole,
        &[
            "--tls-cert: skipped in chain.pem: PRIVATE KEY",
            "14 bytes of text",
        ],
    );
}

#[test]
fn certificate_chain_is_checked_to_its_end() {
    let fault = |chain: &Chain, now: u64, expect: &str| {
        check(
            &format!("{}{}", chain.own, chain.intermediate),
            &chain.key,
            now,
            expect,
        );
    };
    let chain = Chain::new((2025, 2030));
    fault(&chain, FROM, "");
    fault(
        &Chain::new((2020, 2025)),
        FROM,
        "--tls-cert: certificate 2 of the file (CN=Intermediate) expired 365 days ago: get the chain again",
    );
    fault(
        &Chain::new((2028, 2030)),
        FROM,
        "--tls-cert: certificate 2 of the file (CN=Intermediate) is valid in 730 days only",
    );
    fault(
        &chain,
        UNTIL + DAY,
        "--tls-cert: the certificate expired a day ago: renew it (chain.pem)",
    );
    // With the same name, as after an authority's change of keys.
    let another = Chain::new((2025, 2030));
    check(
        &format!("{}{}", chain.own, another.intermediate),
        &chain.key,
        FROM,
        "--tls-cert: certificate 2 of the file (CN=Intermediate) did not sign the certificate before it",
    );
    // The right one is found among several.
    let file = format!(
        "{}{}{}",
        chain.own, another.intermediate, chain.intermediate
    );
    let certificate = read(file.as_bytes(), chain.key.as_bytes(), FROM).unwrap();
    assert_eq!(certificate.shown.cert.len(), 2);
    // A warning about expiry needs the earliest one.
    let Chain {
        own,
        intermediate,
        key,
        ..
    } = Chain::new((2025, 2026));
    let certificate = read(
        format!("{own}{intermediate}").as_bytes(),
        key.as_bytes(),
        FROM,
    );
    assert_eq!(certificate.unwrap().not_after, FROM);
}

#[test]
fn key_is_found_among_several() {
    let (chain, key) = pems();
    let (_, another) = pems();
    check_shown(&chain, &format!("{another}{key}"), &[&chain], &[]);
    check(
        &chain,
        &another,
        FROM,
        "--tls-key does not belong to --tls-cert",
    );
}

#[test]
fn one_file_may_hold_certificate_and_key() {
    let (chain, key) = pems();
    let file = format!("{key}{chain}");
    let paths = CertificateFiles {
        certificate: "both.pem".into(),
        key: "both.pem".into(),
    };
    let provider = ring::default_provider();
    let certificate = Certificate::read(&paths, file.as_bytes(), file.as_bytes(), &provider, FROM);
    assert_eq!(certificate.unwrap().remarks, []);
}

#[test]
fn certificate_that_clients_refuse_is_reported() {
    let (chain, key) = self_signed(&params(&[], "Meet", THIS_YEAR));
    check_shown(&chain, &key, &[&chain], &["names no host"]);
    let mut of_an_authority = params(&["meet.example.org"], "Meet", THIS_YEAR);
    of_an_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (chain, key) = self_signed(&of_an_authority);
    check_shown(&chain, &key, &[&chain], &["an authority's own (CA:TRUE)"]);
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let chain = params(&["meet.example.org"], "Meet", THIS_YEAR)
        .self_signed(&key)
        .unwrap()
        .pem();
    check_shown(
        &chain,
        &key.serialize_pem(),
        &[&chain],
        &["browsers do not take"],
    );
}

/// RFC 5280, 4.2.2.1: `caIssuers` at http://ca.example, as public authorities have it.
#[test]
fn public_certificate_without_its_chain_is_reported() {
    const AUTHORITY_INFO_ACCESS: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 1];
    let place = b"http://ca.example";
    let length = u8::try_from(place.len()).unwrap();
    let access = [
        &[6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86, length],
        &place[..],
    ]
    .concat();
    let sequence =
        |content: &[u8]| [&[0x30, u8::try_from(content.len()).unwrap()], content].concat();
    let content = sequence(&sequence(&access));
    let key = KeyPair::generate().unwrap();
    let signer = Issuer::new(
        authority_params("R1", (2020, 2040)),
        KeyPair::generate().unwrap(),
    );
    let mut own = params(&["meet.example.org"], "Meet", THIS_YEAR);
    own.custom_extensions = vec![CustomExtension::from_oid_content(
        &AUTHORITY_INFO_ACCESS,
        content,
    )];
    let own = own.signed_by(&key, &signer).unwrap().pem();
    check_shown(
        &own,
        &key.serialize_pem(),
        &[&own],
        &["give the full chain"],
    );
}
