//! The two modules, in a process of `node`: the one for a notebook's kernel, and the one for a page.
//!
//! The process compiles the module once. Of the kernel's it holds an instance for each deployer, and passes calls and
//! answers on as bytes (`instances.mjs`). The page's module has no such calls: `page.mjs` is a page whose host hands the
//! commands out and whose clocks are set by each turn, so that both are driven in the same way. Calls that are sent
//! together cross the pipe once.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use serde_json::Value;

/// What runs the deploy logic of a simulation's deployers.
#[derive(Debug, Clone, Default)]
pub enum Logic {
    /// It is part of this program.
    #[default]
    Native,
    /// A module.
    Module(Rc<Module>),
}

/// Where the deploy logic is; each thread opens its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// In this program.
    #[default]
    Native,
    /// In a module: the kernel's file `.wasm`, or the page's `.js`.
    Module(PathBuf),
}

impl Source {
    /// Opens it.
    ///
    /// # Panics
    /// If `node` doesn't start.
    pub fn open(&self) -> Logic {
        match self {
            Self::Native => Logic::Native,
            Self::Module(path) => Logic::Module(Module::open(path)),
        }
    }
}

/// The compiled module.
#[derive(Debug)]
pub struct Module {
    node: RefCell<Node>,
    next: Cell<u64>,
}

#[derive(Debug)]
struct Node {
    process: Child,
    /// Closed when the module is dropped.
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    /// Instances that ended, as frames: sent with the next calls.
    ended: String,
}

impl Module {
    /// Compiles the module of the file `path`.
    ///
    /// # Panics
    /// If `node` doesn't start.
    pub fn open(path: &Path) -> Rc<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`node` runs the module, and can't be started: {error}"));
        let (to, from) = (process.stdin.take(), process.stdout.take());
        let from = BufReader::new(from.expect("it is piped"));
        let node = RefCell::new(Node { process, to, from, ended: String::new() });
        Rc::new(Self { node, next: Cell::new(1) })
    }

    /// A new instance.
    pub fn instance(self: &Rc<Self>) -> Instance {
        let number = self.next.replace(self.next.get() + 1);
        Instance { module: Rc::clone(self), number }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let node = self.node.get_mut();
        // It ends at the end of its input.
        node.to = None;
        let _status = node.process.wait();
    }
}

/// An instance of the module.
#[derive(Debug)]
pub struct Instance {
    module: Rc<Module>,
    number: u64,
}

impl Instance {
    /// Makes `calls`, each a name and its input, and returns the answers. Only the last call may have a large
    /// answer: the process reads no further while it waits to write one.
    ///
    /// # Errors
    /// The message of a trap, after which the instance can't be used.
    ///
    /// # Panics
    /// If the process has ended.
    pub fn call(&self, calls: &[(&str, Value)]) -> Result<Vec<Value>, String> {
        let mut node = self.module.node.borrow_mut();
        let mut frames = std::mem::take(&mut node.ended);
        for (name, input) in calls {
            let input = input.to_string();
            let _ = write!(frames, "{name} {} {}\n{input}", self.number, input.len());
        }
        let gone = "the process of the module has ended";
        node.to.as_mut().expect(gone).write_all(frames.as_bytes()).expect(gone);
        // Each is read, also those after a trap.
        let answers: Vec<_> = calls.iter().map(|_| node.answer().expect(gone)).collect();
        answers.into_iter().collect()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = writeln!(self.module.node.borrow_mut().ended, "drop {} 0", self.number);
    }
}

impl Node {
    /// Reads an answer, or the message of a trap.
    fn answer(&mut self) -> std::io::Result<Result<Value, String>> {
        let mut head = String::new();
        self.from.read_line(&mut head)?;
        let (kind, length) = head.trim_end().split_once(' ').unwrap_or_default();
        let length: usize = length.parse().map_err(std::io::Error::other)?;
        let mut body = vec![0; length];
        self.from.read_exact(&mut body)?;
        Ok(match kind {
            "answer" => {
                serde_json::from_slice(&body).map_err(|error| format!("an answer is no JSON: {error}"))
            }
            _ => Err(String::from_utf8_lossy(&body).into_owned()),
        })
    }
}
