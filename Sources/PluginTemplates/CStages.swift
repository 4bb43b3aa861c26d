/// The work of the stages in C, by kind.
enum CStages {
  static func body(_ kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map: map
    case .source: source
    case .sink: sink
    case .task: task
    }
  }

  /// Lines of the unit test.
  static func assertions(_ kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map:
      """
        const float in[] = {0, 0.25f, 0.75f};
        float       out[3];
        multiply(in, out, 3, 2);
        assert(out[0] == 0 && out[1] == 0.5f && out[2] == 1);
      """
    case .source:
      """
        float a[64], b[64];
        fill(a, 64, 7);
        fill(b, 64, 7);
        assert(memcmp(a, b, sizeof a) == 0);
        for (int i = 0; i < 64; i++) assert(a[i] >= 0 && a[i] < 1);
        fill(b, 64, 8);
        assert(memcmp(a, b, sizeof a) != 0);
      """
    case .sink:
      """
        const float values[] = {0, 0.5f, 1};
        assert(mean(values, 3) == 0.5);
        assert(mean(values, 0) == 0);
      """
    case .task:
      """
        assert(next(0) == 1 && next(41) == 42);
      """
    }
  }

  private static let map = """
    // Multiplies `count` values by `gain` and cuts them at 1.
    static void multiply(const float *in, float *out, int64_t count, float gain) {
      for (int64_t i = 0; i < count; i++) out[i] = fminf(in[i] * gain, 1);
    }

    static lattice_status process(void *self, lattice_batch *batch) {
      const stage_state  *state = self;
      const lattice_host *host = state->host;
      // Inputs are dense and row-major, the first size is the number of items. They are lent: don't write there.
      const DLTensor *in = host->input(batch, "image");
      // Outputs are made by the host and written in place; nothing is copied on the way to the next stage.
      DLTensor       out;
      lattice_status status = host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
      if (status != LATTICE_OK) return status; // The host knows why: it refused.
      int64_t values = in->shape[1] * in->shape[2] * in->shape[3];
      for (uint64_t item = 0; item < host->batch_size(batch); item++) {
        if (host->is_cancelled(state->context)) return LATTICE_CANCELLED;
        host->item_begin(batch, item); // Names the item in the report, should this process die.
        int64_t start = (int64_t)item * values;
        if (values > 0) multiply((const float *)in->data + start, (float *)out.data + start, values, (float)state->gain);
      }
      return LATTICE_OK;
    }


    """

  private static let source = """
    // Fills `count` values with noise of 0..<1 that depends on the seed alone (SplitMix64).
    static void fill(float *out, int64_t count, uint64_t seed) {
      for (int64_t i = 0; i < count; i++) {
        seed += 0x9E3779B97F4A7C15u;
        uint64_t bits = seed;
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
        out[i] = (float)((bits ^ bits >> 31) >> 40) / 16777216.0f;
      }
    }

    // Tells the output's size before anything runs.
    static lattice_status check(const lattice_stage_config *config, const lattice_tensor_spec *const *inputs,
                                uint32_t n_inputs, lattice_check_result *result) {
      (void)inputs;
      (void)n_inputs;
      int64_t             size = (int64_t)number(config->params_json, "\\"size\\":", 64);
      const int64_t       shape[] = {-1, size, size, 1};
      lattice_tensor_spec spec = {
        .struct_size = sizeof spec, .port = "image", .semantic = "image.gray", .dtype = {kDLFloat, 32, 1}, .ndim = 4,
        .dims = shape};
      config->host->check_output(result, &spec);
      return LATTICE_OK;
    }

    static lattice_status process(void *self, lattice_batch *batch) {
      const stage_state  *state = self;
      const lattice_host *host = state->host;
      int64_t             size = (int64_t)state->size;
      const int64_t       shape[] = {(int64_t)host->batch_size(batch), size, size, 1};
      DLTensor            out;
      lattice_status      status = host->output_alloc(batch, "image", (DLDataType){kDLFloat, 32, 1}, 4, shape, &out);
      if (status != LATTICE_OK) return status; // The host knows why: it refused.
      for (uint64_t item = 0; item < host->batch_size(batch); item++) {
        if (host->is_cancelled(state->context)) return LATTICE_CANCELLED;
        host->item_begin(batch, item); // Names the item in the report, should this process die.
        // The seed is the same on every attempt and machine.
        fill((float *)out.data + (int64_t)item * size * size, size * size, host->item_seed(batch, item));
      }
      return LATTICE_OK;
    }


    """

  private static let sink = """
    // The mean of `count` values; 0 of none.
    static double mean(const float *values, int64_t count) {
      double sum = 0;
      for (int64_t i = 0; i < count; i++) sum += values[i];
      return count > 0 ? sum / (double)count : 0;
    }

    static lattice_status write_mean(const stage_state *state, lattice_batch *batch, uint64_t item, double value) {
      char           path[4096];
      lattice_status status = state->host->output_file(
        state->context, batch, item, "{item.stem}.txt", NULL, "result", path, sizeof path);
      if (status != LATTICE_OK) return status; // The host knows why: it refused.
      FILE *file = fopen(path, "w");
      int   good = file && fprintf(file, "%.*f\\n", (int)state->digits, value) > 0;
      if (file && fclose(file) != 0) good = 0;
      if (good) return LATTICE_OK;
      state->host->set_error(state->context, LATTICE_NOSPACE, "a file can't be written; is the disk full?");
      return LATTICE_NOSPACE;
    }

    static lattice_status process(void *self, lattice_batch *batch) {
      const stage_state  *state = self;
      const lattice_host *host = state->host;
      // Inputs are dense and row-major, the first size is the number of items. They are lent: don't write there.
      const DLTensor *in = host->input(batch, "image");
      int64_t         values = in->shape[1] * in->shape[2] * in->shape[3];
      for (uint64_t item = 0; item < host->batch_size(batch); item++) {
        if (host->is_cancelled(state->context)) return LATTICE_CANCELLED;
        host->item_begin(batch, item); // Names the item in the report, should this process die.
        double value = mean((const float *)in->data + (int64_t)item * values, values);
        if (!isfinite(value)) {
          // One bad item doesn't fail the others. The sentence ends up in the job's report.
          host->item_fail(batch, item, LATTICE_INPUT, "the picture has values that are no finite numbers");
          continue;
        }
        lattice_status status = write_mean(state, batch, item, value);
        if (status != LATTICE_OK) return status;
      }
      return LATTICE_OK;
    }


    """

  private static let task = """
    // One step of the work.
    static uint64_t next(uint64_t count) { return count + 1; }

    static lattice_status run(void *self) {
      const stage_state  *state = self;
      const lattice_host *host = state->host;
      lattice_context    *context = state->context;
      // An extension, which an older host may lack: a folder that outlives attempts, metrics, the job's items.
      const lattice_task *task = host->get_extension(host, LATTICE_TASK_EXTENSION);
      uint64_t            count = 0, steps = (uint64_t)state->steps;
      while (count < steps) {
        if (host->is_cancelled(context)) return LATTICE_CANCELLED;
        count = next(count);
        host->progress(context, count, steps, "steps");
        char metrics[64];
        snprintf(metrics, sizeof metrics, "{\\"count\\":%llu}", (unsigned long long)count);
        if (task && task->report(context, count, metrics) != LATTICE_OK) return LATTICE_NOSPACE;
      }
      char           path[4096];
      lattice_status status = host->output_file(context, NULL, 0, "count.txt", NULL, "result", path, sizeof path);
      if (status != LATTICE_OK) return status; // The host knows why: it refused.
      FILE *file = fopen(path, "w");
      int   good = file && fprintf(file, "%llu\\n", (unsigned long long)count) > 0;
      if (file && fclose(file) != 0) good = 0;
      if (good) return LATTICE_OK;
      host->set_error(context, LATTICE_NOSPACE, "count.txt can't be written; is the disk full?");
      return LATTICE_NOSPACE;
    }


    """
}
