/// A plugin in Rust, without dependencies.
enum RustTemplate {
  static func files(_ kind: PluginTemplate.Kind) -> [(path: String, text: String)] {
    [
      ("Makefile", makefile), ("Cargo.toml", manifest), ("build.rs", build),
      ("src/abi.rs", RustABI.text),
      ("src/lib.rs", head(kind) + RustStages.body(kind) + tables(kind) + RustStages.test(kind)),
    ]
  }

  private static let makefile = """
    # make builds the plugin, make test tries it, make run runs pipeline.yaml.
    \(SDKLookup.makefile)
    .PHONY: all test run clean
    all:
    \tcargo build --release --offline
    \tcp target/release/lib@IDENT@.so @NAME@.stage.so

    test: all
    \tcargo test --offline
    \t$(LATTICE) plugin validate ./@NAME@.stage.so --strict

    run: all
    \t$(LATTICE) run pipeline.yaml --plugins . --out results

    clean:
    \trm -rf @NAME@.stage.so target results .lattice

    """

  private static let manifest = """
    [package]
    name = "@IDENT@"
    version = "1.0.0"
    edition = "2021"
    # That of Debian 12; newer ones are found at https://rustup.rs.
    rust-version = "1.63"

    [lib]
    crate-type = ["cdylib"]

    """

  private static let build = #"""
    //! Compares src/abi.rs with the lattice_stage.h that is installed.
    use std::{env, fs, process::Command};

    fn sdk_of_pkg_config() -> Option<String> {
        let output = Command::new("pkg-config").args(["--variable=sdkdir", "lattice-stage"]).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
    }

    fn number(text: &str, name: &str) -> u32 {
        let define = format!("#define {name} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&define)).unwrap_or("");
        line.trim().parse().unwrap_or_else(|_| panic!("lattice_stage.h does not say {name}"))
    }

    fn main() {
        println!("cargo:rerun-if-env-changed=LATTICE_SDK");
        let sdk = match env::var("LATTICE_SDK").ok().or_else(sdk_of_pkg_config) {
            Some(sdk) => sdk,
            None => {
                println!("cargo:warning=no SDK to compare src/abi.rs with; set LATTICE_SDK to what 'lattice plugin sdk' prints");
                return;
            }
        };
        let path = format!("{sdk}/include/lattice_stage.h");
        println!("cargo:rerun-if-changed={path}");
        let header = match fs::read_to_string(&path) {
            Ok(header) => header,
            Err(_) => {
                println!("cargo:warning=there is no {path} to compare src/abi.rs with; set LATTICE_SDK to its SDK folder");
                return;
            }
        };
        let major = number(&header, "LATTICE_STAGE_ABI_MAJOR");
        assert!(major == 1, "{path} speaks stage ABI {major}, src/abi.rs speaks 1: make a new plugin and move the stage over");
    }

    """#

  private static func head(_ kind: PluginTemplate.Kind) -> String {
    let parameter = CTemplate.parameter(kind)
    return """
      //! The plugin @NAME@ in Rust. lattice_stage.h says owner, state and thread of every call.
      mod abi;

      use abi::*;
      use std::ffi::{CStr, CString};
      use std::mem::size_of;
      use std::os::raw::{c_char, c_void};
      use std::panic::{catch_unwind, AssertUnwindSafe};
      use std::ptr::null;

      /// A status with its sentence; without one the host knows why: it refused.
      struct Failure(Status, Option<String>);

      fn require(status: Status) -> Result<(), Failure> {
          if status == OK { Ok(()) } else { Err(Failure(status, None)) }
      }

      /// The host has checked the parameters against the schema and filled in the defaults, so the number is there.
      fn number(params_json: &str, name: &str) -> Option<f64> {
          let key = format!("\\"{name}\\":");
          let rest = &params_json[params_json.find(&key)? + key.len()..];
          rest[..rest.find([',', '}'])?].trim().parse().ok()
      }

      /// One use of the stage. The host keeps the pointer and gives it back.
      struct Stage {
          host: &'static Host,
          context: *mut Context,
          \(parameter): f64,
      }

      /// Runs `body`; neither an error nor a panic crosses into the host.
      fn guarded(host: &Host, context: *mut Context, body: impl FnOnce() -> Result<(), Failure>) -> Status {
          let result = catch_unwind(AssertUnwindSafe(body))
              .unwrap_or_else(|_| Err(Failure(INTERNAL, Some("a panic; its words are in the stage's log".into()))));
          match result {
              Ok(()) => OK,
              Err(Failure(status, why)) => {
                  if let Some(why) = why.and_then(|why| CString::new(why).ok()) {
                      unsafe { (host.set_error)(context, status, why.as_ptr()) };
                  }
                  status
              }
          }
      }

      unsafe extern "C" fn create(config: *const StageConfig, this: *mut *mut c_void) -> Status {
          let config = &*config;
          let host = &*config.host;
          guarded(host, config.context, || {
              let params = CStr::from_ptr(config.params_json).to_string_lossy();
              let \(parameter) = number(&params, "\(parameter)")
                  .ok_or_else(|| Failure(CONFIG, Some("there is no number '\(parameter)'".into())))?;
              *this = Box::into_raw(Box::new(Stage { host, context: config.context, \(parameter) })) as *mut c_void;
              Ok(())
          })
      }

      unsafe extern "C" fn destroy(this: *mut c_void) {
          drop(Box::from_raw(this as *mut Stage));
      }


      """
  }

  private static func tables(_ kind: PluginTemplate.Kind) -> String {
    let flags =
      switch kind {
      case .map, .sink: "DETERMINISTIC | PARALLEL"
      case .source: "DETERMINISTIC | NEEDS_SEED | PARALLEL"
      case .task: "DETERMINISTIC"
      }
    let image = """
      static TYPES: [DataType; 1] = [F32];
      static SIZES: [i64; 4] = [-1, -1, -1, \(kind == .source ? "1" : "-1")];
      static NAMES: Immortal<[*const c_char; 4]> =
          Immortal([c!("N"), c!("H"), c!("W"), \(kind == .source ? "null()" : "c!(\"C\")")]);
      static IMAGE: Immortal<Port> = Immortal(Port {
          struct_size: size_of::<Port>() as u32,
          flags: 0,
          name: c!("image"),
          semantic: c!("image"),
          doc: c!("Pictures of 0...1."),
          dtypes: TYPES.as_ptr(),
          n_dtypes: 1,
          ndim: 4,
          dims: SIZES.as_ptr(),
          dim_names: NAMES.0.as_ptr(),
      });
      static PORTS: Immortal<[*const Port; 1]> = Immortal([&IMAGE.0]);


      """
    let hasInput = kind == .map || kind == .sink
    let hasOutput = kind == .map || kind == .source
    return """
      // The tables. All of them, and every text in them, stay valid until the process ends.

      \(kind == .task ? "" : image)static SCHEMA: Immortal<*const c_char> = Immortal(c!(\(quoted(CTemplate.schema(kind)))));

      static STAGE: Immortal<StageTable> = Immortal(StageTable {
          struct_size: size_of::<StageTable>() as u32,
          flags: \(flags),
          id: c!("@STAGE@"),
          version: c!("1.0.0"),
          summary: c!("@SUMMARY@"),
          params_schema: SCHEMA.0,
          inputs: \(hasInput ? "PORTS.0.as_ptr()" : "null()"),
          n_inputs: \(hasInput ? 1 : 0),
          n_outputs: \(hasOutput ? 1 : 0),
          outputs: \(hasOutput ? "PORTS.0.as_ptr()" : "null()"),
          model_slots: null(),
          n_model_slots: 0,
          kind: KIND_\(kind.rawValue.uppercased()),
          preferred_batch: 0,
          reserved: 0,
          check: \(kind == .source ? "Some(check)" : "None"),
          create: Some(create),
          open: None,
          process: \(kind == .task ? "None" : "Some(process)"),
          finish: None,
          run: \(kind == .task ? "Some(run)" : "None"),
          save_state: None,
          load_state: None,
          close: None,
          destroy: Some(destroy),
          get_extension: None,
      });
      static STAGES: Immortal<[*const StageTable; 1]> = Immortal([&STAGE.0]);
      static MODULE: Immortal<Module> = Immortal(Module {
          struct_size: size_of::<Module>() as u32,
          abi_minor: ABI_MINOR,
          min_host_minor: 0,
          n_stages: 1,
          id: c!("@NAME@"),
          version: c!("1.0.0"),
          vendor: c!("me"),
          license: c!("MIT"),
          build_info: null(),
          stages: STAGES.0.as_ptr(),
      });

      /// The one function the host looks up by name.
      #[no_mangle]
      pub extern "C" fn lattice_stage_module_v1(_host_minor: u32, _why: *mut *const c_char) -> *const Module {
          &MODULE.0
      }

      """
  }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\"", with: "\\\""))\""
  }
}
