//! The HTTP proxies that the environment names.

use reqwest::{ClientBuilder, NoProxy, Proxy};

/// Hosts on this machine. A proxy would look for them on its own machine, and would be sent the credential.
const THIS_MACHINE: &str = "localhost,localhost.,127.0.0.0/8,::1,::ffff:127.0.0.0/104";

/// A client that uses the environment's proxies (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, except for the hosts
/// in `NO_PROXY`), and none for a host on this machine.
pub fn with_proxies(client: ClientBuilder) -> ClientBuilder {
    proxies(|name| std::env::var(name).ok()).into_iter().fold(client.no_proxy(), ClientBuilder::proxy)
}

/// The proxies, the more specific ones first. One that can't be parsed is ignored, as by curl.
fn proxies(variable: impl Fn(&str) -> Option<String>) -> Vec<Proxy> {
    // An upper-case name takes precedence.
    let read = |name: &str| {
        let value = variable(name).or_else(|| variable(&name.to_ascii_lowercase()))?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let excepted = match read("NO_PROXY") {
        Some(hosts) => format!("{hosts},{THIS_MACHINE}"),
        None => THIS_MACHINE.to_owned(),
    };
    let proxy = |name: &str, of: fn(String) -> reqwest::Result<Proxy>| {
        let address = read(name)?;
        let address = if address.contains("://") { address } else { format!("http://{address}") };
        Some(of(address).ok()?.no_proxy(NoProxy::from_string(&excepted)))
    };
    let specific = [proxy("HTTP_PROXY", Proxy::http), proxy("HTTPS_PROXY", Proxy::https)];
    specific.into_iter().chain([proxy("ALL_PROXY", Proxy::all)]).flatten().collect()
}
