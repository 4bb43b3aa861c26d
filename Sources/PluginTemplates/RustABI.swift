/// The C header in Rust.
enum RustABI {
  static let text = #"""
    //! lattice_stage.h, major 1, in Rust. That header says owner, state and thread of every call.
    //!
    //! Every struct begins with its size and only ever grows at its end: a newer host's is longer, never other.
    #![allow(dead_code)]

    use std::mem::size_of;
    use std::os::raw::{c_char, c_void};

    /// A text of C, which ends with a zero: c"…" without Rust 1.77.
    macro_rules! c {
        ($text:expr) => {
            concat!($text, "\0").as_ptr() as *const std::os::raw::c_char
        };
    }
    pub(crate) use c;

    pub const ABI_MAJOR: u32 = 1;
    pub const ABI_MINOR: u32 = 1;

    pub type Status = i32;
    pub const OK: Status = 0;
    pub const CONFIG: Status = 1;
    pub const INPUT: Status = 2;
    pub const TRANSIENT: Status = 3;
    pub const NOMEM: Status = 4;
    pub const NOSPACE: Status = 5;
    pub const CANCELLED: Status = 6;
    pub const INTERNAL: Status = 7;
    pub const UNSUPPORTED: Status = 8;
    pub const NOTFOUND: Status = 9;

    pub const KIND_SOURCE: i32 = 0;
    pub const KIND_MAP: i32 = 1;
    pub const KIND_SINK: i32 = 2;
    pub const KIND_TASK: i32 = 3;

    pub const DETERMINISTIC: u32 = 1;
    pub const NEEDS_SEED: u32 = 2;
    pub const PARALLEL: u32 = 4;
    pub const REDUCES: u32 = 8;
    pub const PUBLISHES: u32 = 16;

    pub const PORT_OPTIONAL: u32 = 1;
    pub const PORT_FILE: u32 = 2;

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct DataType {
        pub code: u8,
        pub bits: u8,
        pub lanes: u16,
    }
    pub const F32: DataType = DataType { code: 2, bits: 32, lanes: 1 };

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Tensor {
        pub data: *mut c_void,
        pub device_type: i32,
        pub device_id: i32,
        pub ndim: i32,
        pub dtype: DataType,
        pub shape: *mut i64,
        pub strides: *mut i64,
        pub byte_offset: u64,
    }

    #[repr(C)]
    pub struct ManagedTensor {
        pub version: [u32; 2],
        pub manager_ctx: *mut c_void,
        pub deleter: Option<unsafe extern "C" fn(*mut ManagedTensor)>,
        pub flags: u64,
        pub tensor: Tensor,
    }

    /// Opaque things of the host.
    pub enum Context {}
    pub enum Batch {}
    pub enum CheckResult {}

    #[repr(C)]
    pub struct Host {
        pub struct_size: u32,
        pub abi_minor: u32,
        pub name: *const c_char,
        pub version: *const c_char,
        pub get_extension: unsafe extern "C" fn(*const Host, *const c_char) -> *const c_void,
        pub log: unsafe extern "C" fn(*mut Context, i32, *const c_char, *const c_char),
        pub set_error: unsafe extern "C" fn(*mut Context, Status, *const c_char),
        pub progress: unsafe extern "C" fn(*mut Context, u64, u64, *const c_char),
        pub is_cancelled: unsafe extern "C" fn(*mut Context) -> i32,
        pub temp_dir: unsafe extern "C" fn(*mut Context) -> *const c_char,
        pub model_path: unsafe extern "C" fn(*mut Context, *const c_char, *mut *const c_char) -> *const c_char,
        pub thread_budget: unsafe extern "C" fn(*mut Context) -> u32,
        pub parallel_for: unsafe extern "C" fn(
            *mut Context, u64, u64, unsafe extern "C" fn(*mut c_void, u64, u64), *mut c_void) -> Status,
        pub alloc: unsafe extern "C" fn(*mut Context, u64, u64) -> *mut c_void,
        pub dealloc: unsafe extern "C" fn(*mut Context, *mut c_void),
        pub check_output: unsafe extern "C" fn(*mut CheckResult, *const TensorSpec),
        pub check_fault: unsafe extern "C" fn(*mut CheckResult, *const c_char, *const c_char),
        pub batch_size: unsafe extern "C" fn(*const Batch) -> u64,
        pub item_id: unsafe extern "C" fn(*const Batch, u64) -> *const c_char,
        pub item_number: unsafe extern "C" fn(*const Batch, u64) -> u64,
        pub item_path: unsafe extern "C" fn(*const Batch, u64) -> *const c_char,
        pub item_metadata: unsafe extern "C" fn(*const Batch, u64) -> *const c_char,
        pub item_set_metadata: unsafe extern "C" fn(*mut Batch, u64, *const c_char) -> Status,
        pub item_seed: unsafe extern "C" fn(*const Batch, u64) -> u64,
        pub item_begin: unsafe extern "C" fn(*mut Batch, u64),
        pub item_fail: unsafe extern "C" fn(*mut Batch, u64, Status, *const c_char),
        pub input: unsafe extern "C" fn(*const Batch, *const c_char) -> *const Tensor,
        pub input_retain: unsafe extern "C" fn(*const Batch, *const c_char) -> *mut ManagedTensor,
        pub output_alloc: unsafe extern "C" fn(
            *mut Batch, *const c_char, DataType, i32, *const i64, *mut Tensor) -> Status,
        pub output_give: unsafe extern "C" fn(*mut Batch, *const c_char, *mut ManagedTensor) -> Status,
        pub output_file: unsafe extern "C" fn(
            *mut Context, *mut Batch, u64, *const c_char, *const c_char, *const c_char, *mut c_char, u64) -> Status,
    }

    #[repr(C)]
    pub struct Port {
        pub struct_size: u32,
        pub flags: u32,
        pub name: *const c_char,
        pub semantic: *const c_char,
        pub doc: *const c_char,
        pub dtypes: *const DataType,
        pub n_dtypes: u32,
        pub ndim: i32,
        pub dims: *const i64,
        pub dim_names: *const *const c_char,
    }

    #[repr(C)]
    pub struct TensorSpec {
        pub struct_size: u32,
        pub reserved: u32,
        pub port: *const c_char,
        pub semantic: *const c_char,
        pub dtype: DataType,
        pub ndim: i32,
        pub dims: *const i64,
    }

    #[repr(C)]
    pub struct StageConfig {
        pub struct_size: u32,
        pub reserved: u32,
        pub stage_id: *const c_char,
        pub instance_name: *const c_char,
        pub params_json: *const c_char,
        pub host: *const Host,
        pub context: *mut Context,
    }

    pub type Call = unsafe extern "C" fn(*mut c_void) -> Status;
    pub type StateCall = unsafe extern "C" fn(*mut c_void, *const c_char) -> Status;

    #[repr(C)]
    pub struct StageTable {
        pub struct_size: u32,
        pub flags: u32,
        pub id: *const c_char,
        pub version: *const c_char,
        pub summary: *const c_char,
        pub params_schema: *const c_char,
        pub inputs: *const *const Port,
        pub n_inputs: u32,
        pub n_outputs: u32,
        pub outputs: *const *const Port,
        pub model_slots: *const *const c_char,
        pub n_model_slots: u32,
        pub kind: i32,
        pub preferred_batch: u32,
        pub reserved: u32,
        pub check: Option<
            unsafe extern "C" fn(*const StageConfig, *const *const TensorSpec, u32, *mut CheckResult) -> Status>,
        pub create: Option<unsafe extern "C" fn(*const StageConfig, *mut *mut c_void) -> Status>,
        pub open: Option<Call>,
        pub process: Option<unsafe extern "C" fn(*mut c_void, *mut Batch) -> Status>,
        pub finish: Option<Call>,
        pub run: Option<Call>,
        pub save_state: Option<StateCall>,
        pub load_state: Option<StateCall>,
        pub close: Option<unsafe extern "C" fn(*mut c_void)>,
        pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
        pub get_extension: Option<unsafe extern "C" fn(*mut c_void, *const c_char) -> *const c_void>,
    }

    #[repr(C)]
    pub struct Module {
        pub struct_size: u32,
        pub abi_minor: u32,
        pub min_host_minor: u32,
        pub n_stages: u32,
        pub id: *const c_char,
        pub version: *const c_char,
        pub vendor: *const c_char,
        pub license: *const c_char,
        pub build_info: *const c_char,
        pub stages: *const *const StageTable,
    }

    /// The extension `lattice.task/1`.
    #[repr(C)]
    pub struct Task {
        pub struct_size: u32,
        pub reserved: u32,
        pub state_dir: unsafe extern "C" fn(*mut Context) -> *const c_char,
        pub model_dir: unsafe extern "C" fn(*mut Context) -> *const c_char,
        pub checkpoint_every: unsafe extern "C" fn(*mut Context) -> u64,
        pub checkpoint_keep: unsafe extern "C" fn(*mut Context) -> u64,
        pub seed: unsafe extern "C" fn(*mut Context) -> u64,
        pub report: unsafe extern "C" fn(*mut Context, u64, *const c_char) -> Status,
        pub item_count: unsafe extern "C" fn(*mut Context) -> u64,
        pub for_each_item: unsafe extern "C" fn(
            *mut Context, unsafe extern "C" fn(*mut c_void, u64, *const c_char, *const c_char) -> Status,
            *mut c_void) -> Status,
    }

    // The layout of lattice_stage.h on 64-bit machines.
    const _: () = assert!(size_of::<Tensor>() == 48);
    const _: () = assert!(size_of::<ManagedTensor>() == 80);
    const _: () = assert!(size_of::<Host>() == 240);
    const _: () = assert!(size_of::<Port>() == 64);
    const _: () = assert!(size_of::<TensorSpec>() == 40);
    const _: () = assert!(size_of::<StageConfig>() == 48);
    const _: () = assert!(size_of::<StageTable>() == 176);
    const _: () = assert!(size_of::<Module>() == 64);
    const _: () = assert!(size_of::<Task>() == 72);

    /// A table that is never written, so that any thread may read it.
    #[repr(transparent)]
    pub struct Immortal<T>(pub T);
    unsafe impl<T> Sync for Immortal<T> {}

    """#
}
