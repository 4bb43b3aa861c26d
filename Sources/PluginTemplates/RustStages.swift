/// The work of the stages in Rust and their tests, by kind.
enum RustStages {
  static func body(_ kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map: map
    case .source: source
    case .sink: sink
    case .task: task
    }
  }

  static func test(_ kind: PluginTemplate.Kind) -> String {
    let lines =
      switch kind {
      case .map:
        """
                let mut out = [0.0; 3];
                multiply(&[0.0, 0.25, 0.75], &mut out, 2.0);
                assert_eq!(out, [0.0, 0.5, 1.0]);
        """
      case .source:
        """
                let (mut a, mut b) = ([0.0; 64], [0.0; 64]);
                fill(&mut a, 7);
                fill(&mut b, 7);
                assert_eq!(a, b);
                assert!(a.iter().all(|value| (0.0..1.0).contains(value)));
                fill(&mut b, 8);
                assert_ne!(a, b);
        """
      case .sink:
        """
                assert_eq!(mean(&[0.0, 0.5, 1.0]), 0.5);
                assert_eq!(mean(&[]), 0.0);
        """
      case .task: "        assert_eq!(next(41), 42);"
      }
    return """

      /// Tests of what needs no host; `lattice plugin validate` tries the rest.
      #[cfg(test)]
      mod tests {
          use super::*;

          #[test]
          fn works() {
      \(lines)
          }

          #[test]
          fn finds_numbers() {
              assert_eq!(number("{\\"a\\":2,\\"b\\":0.5}", "b"), Some(0.5));
              assert_eq!(number("{\\"a\\":2}", "b"), None);
          }
      }

      """
  }

  /// From C to Rust and back, for stages that process batches.
  private static let process = """
    unsafe extern "C" fn process(this: *mut c_void, batch: *mut Batch) -> Status {
        let stage = &*(this as *const Stage);
        guarded(stage.host, stage.context, || stage.process(batch))
    }


    """

  private static let values = """
    /// The elements of a tensor and the number of those of one item.
    unsafe fn values<'a>(tensor: &Tensor) -> (&'a [f32], usize) {
        let shape = std::slice::from_raw_parts(tensor.shape, tensor.ndim as usize);
        let count: i64 = shape.iter().product();
        let each: i64 = shape[1..].iter().product();
        if count == 0 {
            return (&[], 0); // `data` is null then.
        }
        (std::slice::from_raw_parts(tensor.data as *const f32, count as usize), each as usize)
    }


    """

  private static let map = """
    /// Multiplies values by `gain` and cuts them at 1.
    fn multiply(from: &[f32], to: &mut [f32], gain: f32) {
        for (from, to) in from.iter().zip(to) {
            *to = (from * gain).min(1.0);
        }
    }

    \(values)impl Stage {
        unsafe fn process(&self, batch: *mut Batch) -> Result<(), Failure> {
            let host = self.host;
            // Inputs are dense and row-major, the first size is the number of items. They are lent, and only read.
            let input = &*(host.input)(batch, c!("image"));
            // Outputs are made by the host and written in place; nothing is copied on the way to the next stage.
            let mut output = *input;
            require((host.output_alloc)(
                batch, c!("image"), input.dtype, input.ndim, input.shape, &mut output))?;
            let (from, each) = values(input);
            if each == 0 {
                return Ok(());
            }
            let to = std::slice::from_raw_parts_mut(output.data as *mut f32, from.len());
            for (item, (from, to)) in from.chunks(each).zip(to.chunks_mut(each)).enumerate() {
                if (host.is_cancelled)(self.context) != 0 {
                    return Err(Failure(CANCELLED, None));
                }
                (host.item_begin)(batch, item as u64); // Names the item in the report, should this process die.
                multiply(from, to, self.gain as f32);
            }
            Ok(())
        }
    }

    \(process)
    """

  private static let source = """
    /// Fills with noise of 0..<1 that depends on the seed alone (SplitMix64).
    fn fill(out: &mut [f32], mut seed: u64) {
        for value in out {
            seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut bits = seed;
            bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            *value = ((bits ^ bits >> 31) >> 40) as f32 / 16_777_216.0;
        }
    }

    impl Stage {
        unsafe fn process(&self, batch: *mut Batch) -> Result<(), Failure> {
            let host = self.host;
            let (size, count) = (self.size as i64, (host.batch_size)(batch));
            let shape = [count as i64, size, size, 1];
            let mut output = std::mem::zeroed::<Tensor>();
            require((host.output_alloc)(batch, c!("image"), F32, 4, shape.as_ptr(), &mut output))?;
            let each = (size * size) as usize;
            let out = std::slice::from_raw_parts_mut(output.data as *mut f32, each * count as usize);
            for (item, out) in out.chunks_mut(each).enumerate() {
                if (host.is_cancelled)(self.context) != 0 {
                    return Err(Failure(CANCELLED, None));
                }
                (host.item_begin)(batch, item as u64); // Names the item in the report, should this process die.
                fill(out, (host.item_seed)(batch, item as u64)); // The same on every attempt and machine.
            }
            Ok(())
        }
    }

    /// Tells the output's size before anything runs.
    unsafe extern "C" fn check(
        config: *const StageConfig, _inputs: *const *const TensorSpec, _n_inputs: u32, result: *mut CheckResult,
    ) -> Status {
        let config = &*config;
        let params = CStr::from_ptr(config.params_json).to_string_lossy();
        let size = number(&params, "size").unwrap_or(64.0) as i64;
        let dims = [-1, size, size, 1];
        let spec = TensorSpec {
            struct_size: size_of::<TensorSpec>() as u32,
            reserved: 0,
            port: c!("image"),
            semantic: c!("image.gray"),
            dtype: F32,
            ndim: 4,
            dims: dims.as_ptr(),
        };
        ((*config.host).check_output)(result, &spec);
        OK
    }

    \(process)
    """

  private static let file = """
    /// Writes to a file that the host names.
    unsafe fn write(
        stage: &Stage, batch: *mut Batch, item: u64, name: *const c_char, text: String,
    ) -> Result<(), Failure> {
        let mut path = [0 as c_char; 4096];
        require((stage.host.output_file)(
            stage.context, batch, item, name, null(), c!("result"), path.as_mut_ptr(), 4096))?;
        let path = CStr::from_ptr(path.as_ptr()).to_string_lossy();
        std::fs::write(path.as_ref(), text)
            .map_err(|error| Failure(NOSPACE, Some(format!("'{path}' can't be written: {error}"))))
    }


    """

  private static let sink = """
    /// The mean of the values; 0 of none.
    fn mean(values: &[f32]) -> f64 {
        let sum: f64 = values.iter().map(|&value| value as f64).sum();
        if values.is_empty() { 0.0 } else { sum / values.len() as f64 }
    }

    \(values)\(file)impl Stage {
        unsafe fn process(&self, batch: *mut Batch) -> Result<(), Failure> {
            let host = self.host;
            // Inputs are dense and row-major, the first size is the number of items. They are lent, and only read.
            let (from, each) = values(&*(host.input)(batch, c!("image")));
            for item in 0..(host.batch_size)(batch) {
                if (host.is_cancelled)(self.context) != 0 {
                    return Err(Failure(CANCELLED, None));
                }
                (host.item_begin)(batch, item); // Names the item in the report, should this process die.
                let value = mean(&from[item as usize * each..(item as usize + 1) * each]);
                if !value.is_finite() {
                    // One bad item doesn't fail the others. The sentence ends up in the job's report.
                    let why = c!("the picture has values that are no finite numbers");
                    (host.item_fail)(batch, item, INPUT, why);
                    continue;
                }
                let text = format!("{value:.digits$}\\n", digits = self.digits as usize);
                write(self, batch, item, c!("{item.stem}.txt"), text)?;
            }
            Ok(())
        }
    }

    \(process)
    """

  private static let task = """
    /// One step of the work.
    fn next(count: u64) -> u64 {
        count + 1
    }

    \(file)impl Stage {
        unsafe fn run(&self) -> Result<(), Failure> {
            let (host, context) = (self.host, self.context);
            // An extension, which an older host may lack: a folder that outlives attempts, metrics, the job's items.
            let task = (host.get_extension)(host, c!("lattice.task/1")) as *const Task;
            let steps = self.steps as u64;
            let mut count = 0;
            while count < steps {
                if (host.is_cancelled)(context) != 0 {
                    return Err(Failure(CANCELLED, None));
                }
                count = next(count);
                (host.progress)(context, count, steps, c!("steps"));
                if let (Some(task), Ok(metrics)) = (task.as_ref(), CString::new(format!("{{\\"count\\":{count}}}"))) {
                    require((task.report)(context, count, metrics.as_ptr()))?;
                }
            }
            write(self, std::ptr::null_mut(), 0, c!("count.txt"), format!("{count}\\n"))
        }
    }

    unsafe extern "C" fn run(this: *mut c_void) -> Status {
        let stage = &*(this as *const Stage);
        guarded(stage.host, stage.context, || stage.run())
    }


    """
}
