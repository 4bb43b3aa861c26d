/// The README of a new plugin.
enum ReadmeText {
  static func of(_ language: PluginTemplate.Language) -> String {
    """
    # @NAME@

    A stage plugin for [Lattice](@SDK@): `@STAGE@`. @SUMMARY@

    ```sh
    make            # builds @NAME@.stage.so
    make test       # the unit test, then `lattice plugin validate --strict`
    make run        # runs pipeline.yaml; results are in results/
    ```

    \(needs(language))
    To install it, copy `@NAME@.stage.so` to `SPOOL/plugins/` of your daemon, or name its folder with `--plugins` or in
    `$LATTICE_PLUGINS`. `lattice plugin inspect ./@NAME@.stage.so` shows what users will see.

    """
  }

  private static func needs(_ language: PluginTemplate.Language) -> String {
    switch language {
    case .c, .cpp:
      """
      The stage is in `@NAME@.\(language == .c ? "c" : "cpp")`. It needs a compiler and `lattice_stage.h`, which the Makefile finds through
      pkg-config (`lattice-stage.pc`) or in `SDK`; nothing of Lattice is linked.

      """
    case .swift:
      """
      The stage is in `Sources/@TYPE@/`. It needs Swift 6.2 or later and the package in `SDK`.

      Built so, the plugin uses the Swift runtime libraries of the machine it runs on: `libswiftCore.so` and its kin must
      be found, as they are wherever Lattice itself runs. `make STATIC=1` links the runtime into the plugin, which is then
      some 20 MB larger and needs none.

      """
    case .rust:
      """
      The stage is in `src/lib.rs`, the C header in Rust in `src/abi.rs`; `build.rs` compares the latter with
      `lattice_stage.h` in `SDK`. The crate has no dependencies.

      """
    }
  }
}
