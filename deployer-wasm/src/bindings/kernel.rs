//! The exported functions: the [`Machine`] behind linear memory.
//!
//! Bytes cross in buffers. The kernel `alloc`s one, writes a call's JSON into it and passes its
//! address; the call takes the buffer away. The answer comes as one number, the address of a
//! buffer in the upper and its length in the lower 32 bits; the kernel reads it and `free`s it.
//! Buffers are overwritten when they go, as keys pass through them.
//!
//! Buffers are kept in a table by address, so that nothing here turns a number into a pointer: a
//! wrong address is an empty call, which the machine refuses, and not undefined behaviour. What
//! the crate's ban on `unsafe` has to make room for is the export of names alone.
#![allow(unsafe_code, reason = "exporting a name is `unsafe(no_mangle)`; there is no unsafe block")]

use std::cell::RefCell;

use zeroize::Zeroizing;

use super::machine::Machine;

thread_local! {
    static MACHINE: RefCell<Machine> = RefCell::default();
    static BUFFERS: RefCell<Vec<Zeroizing<Vec<u8>>>> = const { RefCell::new(Vec::new()) };
}

/// Makes a buffer of `length` bytes; its address.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(length: usize) -> usize {
    keep(vec![0; length.max(1)])
}

/// Lets a buffer go; nothing happens if there is none at `address`.
#[unsafe(no_mangle)]
pub extern "C" fn free(address: usize) {
    drop(take(address));
}

/// Begins a run with the call in the buffer at `address`.
#[unsafe(no_mangle)]
pub extern "C" fn start(address: usize) -> u64 {
    call(address, Machine::start)
}

/// Lets the run go on.
#[unsafe(no_mangle)]
pub extern "C" fn poll(address: usize) -> u64 {
    call(address, Machine::poll)
}

/// Says what came of a command.
#[unsafe(no_mangle)]
pub extern "C" fn resolve(address: usize) -> u64 {
    call(address, Machine::resolve)
}

/// Asks the run to stop at its next safe point.
#[unsafe(no_mangle)]
pub extern "C" fn cancel(address: usize) -> u64 {
    call(address, Machine::cancel)
}

/// Asks something that needs no run.
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
