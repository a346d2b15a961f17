//! Google Slides: people connect their Google account, and decks become presentations in their Drive.
//!
//! **Connecting.** Problem: Google's answer comes through a browser, in an address that anybody can make. A page of
//! another site must not be able to begin a connection, to finish one with another person's account, or to use an
//! answer twice. Choice: OAuth's code flow with PKCE (S256), as RFC 9700 has it. The state is random, kept as a hash
//! with who began, in which browser, and the verifier, and deleted by the answer that fits all of it within ten
//! minutes. The browser is known by a cookie (encrypted and signed with the app's key, `HttpOnly`, `SameSite=Lax`,
//! on the platform `__Host-`), the person by the identity that comes with the request. Beginning is a request that
//! only the app's own page can make.
//!
//! **Secrets.** The OAuth client, refresh and access tokens, verifiers and the addresses of uploads are encrypted with
//! the app's key. No route returns them, and no error, event or log line holds them. Google's endpoints are
//! constants: the uploaded file can't name others. Google gives a new access token without ending the previous ones,
//! so a refresh is single-flight within a process only; two processes that refresh at once do no harm.
//!
//! **Exporting.** The presentation is the `.pptx` file, uploaded with conversion. Problem: an export is one
//! presentation, written again next time, whatever breaks in between. Drive's ids that are generated in advance would
//! be the usual answer, but Drive doesn't take them for files that are converted (`generatedIdNotSupported`; the
//! guide "Create and manage files" says so too). Choice: the *upload session* of the resumable protocol is what makes
//! it happen once. Its address is committed before the first byte is sent, and belongs to the deck and the person,
//! not to the job. A session makes at most one file, with its last byte, and then answers every question with that
//! file. So an attempt that doesn't know how far an earlier one came asks the session: it continues, or takes the file
//! that is there. If Google has forgotten the session, or it is a first export, a file with the deck's id in
//! its `appProperties` (which only this app sees) is searched before a new one is made. That also finds the
//! presentation after the database was restored from a backup. Alternative considered: the search alone; but a list may
//! lag behind a file that was just made.
//!
//! The presentation is remembered per deck and person. It is made anew if it is gone, in the trash, or can't be
//! changed any more. If a person has renamed it, it keeps that name. An update uploads to the same id with the same
//! conversion (`files.update` with media, as rclone does).
//!
//! | module | content |
//! |---|---|
//! | [`types`] | the JSON bodies |
//! | `client_file` | the OAuth client that an administrator uploads, checked |
//! | `endpoints` | where Google is |
//! | `trouble` | what stands against an export, and what is asked again |
//! | `call` | one request to Google: bounded, asked again |
//! | `proof` | state, verifier and cookie of an attempt to connect |
//! | `tokens` | codes and refresh tokens for access tokens; revocation |
//! | [`handle`] | what all share; access tokens, refreshed in one place |
//! | `queries` | every statement |
//! | `drive` | files and upload sessions |
//! | `uploading` | the bytes of an upload, whatever breaks |
//! | [`exporting`] | the job |
//! | `page` | the page at the end of a connection |
//! | `connecting` | begins and finishes a connection |
//! | `answering` | what requests about connections are answered |
//! | [`routes`](mod@routes), `original` | the API, and the paths of the original Tellr |

mod answering;
mod call;
mod client_file;
mod connecting;
mod drive;
mod endpoints;
pub mod exporting;
pub mod handle;
mod original;
mod page;
mod proof;
mod queries;
pub mod routes;
mod tokens;
mod trouble;
pub mod types;
mod uploading;

pub use exporting::Exporting;
pub use handle::{Google, Limits};
pub use routes::routes;
