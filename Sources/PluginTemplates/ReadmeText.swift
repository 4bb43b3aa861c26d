/// The README of a new plugin.
enum ReadmeText {
  static func of(_ language: PluginTemplate.Language) -> String {
    """
    # @NAME@

    A stage plugin for Lattice: `@STAGE@`. @SUMMARY@

    ```sh
    make            # builds @NAME@.stage.so
    make test       # the unit test, then `lattice plugin validate --strict`
    make run        # runs pipeline.yaml; results are in results/
    ```

    `make` needs `lattice` on your `PATH`, or `make LATTICE=…`. It finds the SDK by itself: in `$LATTICE_SDK` if that is
    set, else through pkg-config (`lattice-stage.pc`), else where `lattice plugin sdk` says. `make run` may be called again
    and again: `exists: replace` in `pipeline.yaml` lets it write over what it wrote.

    \(needs(language))
    To install it, copy `@NAME@.stage.so` to `SPOOL/plugins/` of your daemon, or name its folder with `--plugins` or in
    `$LATTICE_PLUGINS`. `lattice plugin inspect ./@NAME@.stage.so` shows what users will see.

    """
  }

  private static func needs(_ language: PluginTemplate.Language) -> String {
    switch language {
    case .c, .cpp:
      """
      The stage is in `@NAME@.\(language == .c ? "c" : "cpp")`. It needs a compiler and `lattice_stage.h`; nothing of Lattice is linked.

      """
    case .swift:
      """
      The stage is in `Sources/@TYPE@/`. It needs Swift 6.2 or later and the package in the SDK. To call `swift` by hand, or for
      an editor: `export LATTICE_SDK="$(lattice plugin sdk)"`.

      Built so, the plugin uses the Swift runtime libraries of the machine it runs on: `libswiftCore.so` and its kin must
      be found, as they are wherever Lattice itself runs. `make STATIC=1` links the runtime into the plugin, which is then
      some 20 MB larger and needs none.

      """
    case .rust:
      """
      The stage is in `src/lib.rs`, the C header in Rust in `src/abi.rs`; `build.rs` compares the latter with
      `lattice_stage.h` in the SDK. The crate has no dependencies. It needs rustc 1.63 or later, Debian 12's, as
      `Cargo.toml` says.

      """
    }
  }
}
