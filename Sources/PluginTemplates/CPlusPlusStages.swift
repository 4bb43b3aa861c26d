/// The work of the stages in C++, by kind.
enum CPlusPlusStages {
  static func body(_ kind: PluginTemplate.Kind) -> String {
    let (function, members) =
      switch kind {
      case .map: (multiply, map)
      case .source: (fill, source)
      case .sink: (mean, sink)
      case .task:
        ("// One step of the work.\nuint64_t next(uint64_t count) { return count + 1; }", task)
      }
    let parameter = CTemplate.parameter(kind)
    return """
      \(function)

      // One use of the stage.
      class Stage {
      public:
        explicit Stage(const lattice_stage_config &config)
          : host(config.host), context(config.context), \(parameter)(number(config.params_json, "\\"\(parameter)\\":")) {}

      \(members)
        const lattice_host *const host;
        lattice_context *const    context;

      private:
        const double \(parameter);
      };


      """
  }

  private static let multiply = """
    // Multiplies `count` values by `gain` and cuts them at 1.
    void multiply(const float *in, float *out, int64_t count, float gain) {
      std::transform(in, in + count, out, [gain](float value) { return std::min(value * gain, 1.0f); });
    }
    """

  private static let map = """
      void process(lattice_batch *batch) {
        // Inputs are dense and row-major, the first size is the number of items. They are lent: don't write there.
        const DLTensor *in = host->input(batch, "image");
        // Outputs are made by the host and written in place; nothing is copied on the way to the next stage.
        DLTensor out;
        require(host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out));
        const int64_t values = in->shape[1] * in->shape[2] * in->shape[3];
        for (uint64_t item = 0; values > 0 && item < host->batch_size(batch); item++) {
          if (host->is_cancelled(context)) throw Refusal{LATTICE_CANCELLED};
          host->item_begin(batch, item); // Names the item in the report, should this process die.
          const int64_t start = static_cast<int64_t>(item) * values;
          multiply(static_cast<const float *>(in->data) + start, static_cast<float *>(out.data) + start, values,
                   static_cast<float>(gain));
        }
      }

    """

  private static let fill = """
    // Fills `count` values with noise of 0..<1 that depends on the seed alone (SplitMix64).
    void fill(float *out, int64_t count, uint64_t seed) {
      std::generate(out, out + count, [&seed] {
        seed += 0x9E3779B97F4A7C15u;
        uint64_t bits = seed;
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
        return static_cast<float>((bits ^ bits >> 31) >> 40) / 16777216.0f;
      });
    }
    """

  private static let source = """
      void process(lattice_batch *batch) {
        const auto    side = static_cast<int64_t>(size);
        const int64_t shape[] = {static_cast<int64_t>(host->batch_size(batch)), side, side, 1};
        DLTensor      out;
        require(host->output_alloc(batch, "image", DLDataType{kDLFloat, 32, 1}, 4, shape, &out));
        for (uint64_t item = 0; item < host->batch_size(batch); item++) {
          if (host->is_cancelled(context)) throw Refusal{LATTICE_CANCELLED};
          host->item_begin(batch, item); // Names the item in the report, should this process die.
          // The seed is the same on every attempt and machine.
          fill(static_cast<float *>(out.data) + static_cast<int64_t>(item) * side * side, side * side,
               host->item_seed(batch, item));
        }
      }

    """

  private static let mean = """
    // The mean of `count` values; 0 of none.
    double mean(const float *values, int64_t count) {
      double sum = 0;
      for (int64_t i = 0; i < count; i++) sum += values[i];
      return count > 0 ? sum / static_cast<double>(count) : 0;
    }
    """

  private static let sink = """
      void process(lattice_batch *batch) {
        // Inputs are dense and row-major, the first size is the number of items. They are lent: don't write there.
        const DLTensor *in = host->input(batch, "image");
        const int64_t   values = in->shape[1] * in->shape[2] * in->shape[3];
        for (uint64_t item = 0; item < host->batch_size(batch); item++) {
          if (host->is_cancelled(context)) throw Refusal{LATTICE_CANCELLED};
          host->item_begin(batch, item); // Names the item in the report, should this process die.
          const double value = mean(static_cast<const float *>(in->data) + static_cast<int64_t>(item) * values, values);
          if (!std::isfinite(value)) {
            // One bad item doesn't fail the others. The sentence ends up in the job's report.
            host->item_fail(batch, item, LATTICE_INPUT, "the picture has values that are no finite numbers");
            continue;
          }
          char path[4096];
          require(host->output_file(context, batch, item, "{item.stem}.txt", nullptr, "result", path, sizeof path));
          std::ofstream file(path);
          file << std::fixed << std::setprecision(static_cast<int>(digits)) << value << "\\n";
          file.close();
          if (!file) throw Failure(LATTICE_NOSPACE, "a file can't be written; is the disk full?");
        }
      }

    """

  private static let task = """
      void run() {
        // An extension, which an older host may lack: a folder that outlives attempts, metrics, the job's items.
        const auto *task = static_cast<const lattice_task *>(host->get_extension(host, LATTICE_TASK_EXTENSION));
        const auto  last = static_cast<uint64_t>(steps);
        uint64_t    count = 0;
        while (count < last) {
          if (host->is_cancelled(context)) throw Refusal{LATTICE_CANCELLED};
          count = next(count);
          host->progress(context, count, last, "steps");
          const std::string metrics = "{\\"count\\":" + std::to_string(count) + "}";
          if (task) require(task->report(context, count, metrics.c_str()));
        }
        char path[4096];
        require(host->output_file(context, nullptr, 0, "count.txt", nullptr, "result", path, sizeof path));
        std::ofstream file(path);
        file << count << "\\n";
        file.close();
        if (!file) throw Failure(LATTICE_NOSPACE, "count.txt can't be written; is the disk full?");
      }

    """
}
