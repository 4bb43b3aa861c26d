//! Stage `relay.rust` adds one, and notes where its input and its output lie. `abi.rs` is that of a new plugin.
mod abi;

use abi::*;
use std::ffi::CString;
use std::mem::size_of;
use std::os::raw::{c_char, c_void};
use std::ptr::null;

unsafe extern "C" fn create(config: *const StageConfig, this: *mut *mut c_void) -> Status {
    *this = (*config).host as *mut c_void; // Immortal, and all this stage needs.
    OK
}

unsafe extern "C" fn destroy(_this: *mut c_void) {}

unsafe extern "C" fn process(this: *mut c_void, batch: *mut Batch) -> Status {
    let host = &*(this as *const Host);
    let input = &*(host.input)(batch, c!("image"));
    let mut output = *input;
    let status = (host.output_alloc)(batch, c!("image"), input.dtype, input.ndim, input.shape, &mut output);
    if status != OK {
        return status;
    }
    let count: i64 = std::slice::from_raw_parts(input.shape, input.ndim as usize).iter().product();
    let from = std::slice::from_raw_parts(input.data as *const f32, count as usize);
    let to = std::slice::from_raw_parts_mut(output.data as *mut f32, count as usize);
    for (from, to) in from.iter().zip(to) {
        *to = from + 1.0;
    }
    let note = format!("{{\"rust\":[{},{}]}}", input.data as usize, output.data as usize);
    match CString::new(note) {
        Ok(note) => (host.item_set_metadata)(batch, 0, note.as_ptr()),
        Err(_) => INTERNAL,
    }
}

static TYPES: [DataType; 1] = [F32];
static SIZES: [i64; 4] = [-1; 4];
static NAMES: Immortal<[*const c_char; 4]> = Immortal([c!("N"), c!("H"), c!("W"), c!("C")]);
static IMAGE: Immortal<Port> = Immortal(Port {
    struct_size: size_of::<Port>() as u32, flags: 0, name: c!("image"), semantic: null(),
    doc: c!("Pictures."), dtypes: TYPES.as_ptr(), n_dtypes: 1, ndim: 4, dims: SIZES.as_ptr(),
    dim_names: NAMES.0.as_ptr(),
});
static PORTS: Immortal<[*const Port; 1]> = Immortal([&IMAGE.0]);
static STAGE: Immortal<StageTable> = Immortal(StageTable {
    struct_size: size_of::<StageTable>() as u32, flags: 0, id: c!("relay.rust"), version: c!("1.0.0"),
    summary: c!("For tests."), params_schema: null(), inputs: PORTS.0.as_ptr(), n_inputs: 1, n_outputs: 1,
    outputs: PORTS.0.as_ptr(), model_slots: null(), n_model_slots: 0, kind: KIND_MAP, preferred_batch: 0, reserved: 0,
    check: None, create: Some(create), open: None, process: Some(process), finish: None, run: None, save_state: None,
    load_state: None, close: None, destroy: Some(destroy), get_extension: None,
});
static STAGES: Immortal<[*const StageTable; 1]> = Immortal([&STAGE.0]);
static MODULE: Immortal<Module> = Immortal(Module {
    struct_size: size_of::<Module>() as u32, abi_minor: ABI_MINOR, min_host_minor: 0, n_stages: 1,
    id: c!("org.lattice.relay-rust"), version: c!("1.0.0"), vendor: c!("Lattice"),
    license: c!("Apache-2.0"), build_info: null(), stages: STAGES.0.as_ptr(),
});

#[no_mangle]
pub extern "C" fn lattice_stage_module_v1(_host_minor: u32, _why: *mut *const c_char) -> *const Module {
    &MODULE.0
}
