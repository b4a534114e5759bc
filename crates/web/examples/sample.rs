//! Serves the pages over made-up views, to look at: `cargo run -p web --example sample -- 127.0.0.1:8899 [hostile]`.

#[path = "../tests/sample/source.rs"]
mod sample_source;

use std::sync::Arc;

use sample_source::SampleSource;
use views::sample::Sample;
use web::{Options, serve};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:8899".to_owned());
    let source = SampleSource { sample: Sample { hostile: args.next().is_some() }, rows: 450 };
    let listener = tokio::net::TcpListener::bind(address).await?;
    serve(listener, Arc::new(source), Options::default(), std::future::pending()).await
}
