//! The exported functions: the [`Machine`], accessed through linear memory.
//!
//! Data is passed in buffers. The kernel `alloc`s one, writes a call's JSON into it and passes its address;
//! the call takes ownership of the buffer. The answer is one number, with the address of a buffer in the
//! upper and its length in the lower 32 bits; the kernel reads the buffer and `free`s it. Buffers are
//! overwritten when freed, as they may hold keys.
//!
//! Buffers are kept in a table by address, so no code here turns a number into a pointer: a wrong address is
//! an empty call, which the machine refuses, and not undefined behaviour. The only exception to the crate's
//! ban on `unsafe` is the export of symbol names.
#![allow(unsafe_code, reason = "exporting a name is `unsafe(no_mangle)`; there is no unsafe block")]

use std::cell::RefCell;

use zeroize::Zeroizing;

use super::machine::Machine;

thread_local! {
    static MACHINE: RefCell<Machine> = RefCell::default();
    static BUFFERS: RefCell<Vec<Zeroizing<Vec<u8>>>> = const { RefCell::new(Vec::new()) };
}

/// Allocates a buffer of `length` bytes and returns its address.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(length: usize) -> usize {
    keep(vec![0; length.max(1)])
}

/// Frees a buffer; does nothing if there is none at `address`.
#[unsafe(no_mangle)]
pub extern "C" fn free(address: usize) {
    drop(take(address));
}

/// Starts a run with the call in the buffer at `address`.
#[unsafe(no_mangle)]
pub extern "C" fn start(address: usize) -> u64 {
    call(address, Machine::start)
}

/// Continues the run.
#[unsafe(no_mangle)]
pub extern "C" fn poll(address: usize) -> u64 {
    call(address, Machine::poll)
}

/// Passes the outcome of a command.
#[unsafe(no_mangle)]
pub extern "C" fn resolve(address: usize) -> u64 {
    call(address, Machine::resolve)
}

/// Asks the run to stop at its next safe point.
#[unsafe(no_mangle)]
pub extern "C" fn cancel(address: usize) -> u64 {
    call(address, Machine::cancel)
}

/// Answers a query that needs no run.
#[unsafe(no_mangle)]
pub extern "C" fn ask(address: usize) -> u64 {
    call(address, Machine::ask)
}

fn call(address: usize, call: fn(&mut Machine, &[u8]) -> Vec<u8>) -> u64 {
    let input = take(address);
    let answer = MACHINE.with_borrow_mut(|machine| call(machine, &input));
    let length = answer.len();
    // Both are below 2³² in a 32-bit memory.
    ((keep(answer) as u64) << 32) | length as u64
}

fn keep(buffer: Vec<u8>) -> usize {
    let address = buffer.as_ptr().expose_provenance();
    BUFFERS.with_borrow_mut(|buffers| buffers.push(Zeroizing::new(buffer)));
    address
}

fn take(address: usize) -> Zeroizing<Vec<u8>> {
    BUFFERS.with_borrow_mut(|buffers| {
        let found = buffers.iter().position(|buffer| buffer.as_ptr().addr() == address);
        found.map(|index| buffers.swap_remove(index)).unwrap_or_default()
    })
}
