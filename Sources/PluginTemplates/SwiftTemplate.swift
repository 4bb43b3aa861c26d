/// A plugin in Swift.
enum SwiftTemplate {
  static func files(_ kind: PluginTemplate.Kind) -> [(path: String, text: String)] {
    [
      ("Makefile", makefile),
      ("Package.swift", manifest),
      ("stage.map", CTemplate.symbols),
      ("Sources/@TYPE@/@TYPE@.swift", SwiftStages.body(kind)),
      ("Sources/@TYPE@/Module.swift", module),
      ("Tests/@TYPE@Tests/@TYPE@Tests.swift", SwiftStages.test(kind)),
    ]
  }

  private static let makefile = """
    # make builds the plugin, make test tries it, make run runs pipeline.yaml. STATIC=1 links the Swift runtime in.
    \(SDKLookup.makefile)
    FLAGS := $(if $(STATIC),-Xswiftc -static-stdlib -Xlinker -s)

    .PHONY: all test run clean
    all:
    \tswift build -c release --product @TYPE@ $(FLAGS)
    \tcp .build/release/lib@TYPE@.so @NAME@.stage.so

    test: all
    \tswift test
    \t$(LATTICE) plugin validate ./@NAME@.stage.so --strict

    run: all
    \t$(LATTICE) run pipeline.yaml --plugins . --out results

    clean:
    \trm -rf @NAME@.stage.so .build results .lattice

    """

  private static let manifest = """
    // swift-tools-version: 6.2
    import PackageDescription

    // The Makefile sets it. For an editor, or to call swift by hand: export LATTICE_SDK="$(lattice plugin sdk)"
    guard let sdk = Context.environment["LATTICE_SDK"], !sdk.isEmpty else {
      fatalError("set LATTICE_SDK to the folder that 'lattice plugin sdk' prints")
    }

    let package = Package(
      name: "@NAME@",
      products: [.library(name: "@TYPE@", type: .dynamic, targets: ["@TYPE@"])],
      dependencies: [.package(name: "lattice-sdk", path: sdk)],
      targets: [
        .target(
          name: "@TYPE@", dependencies: [.product(name: "StageSDK", package: "lattice-sdk")],
          // The plugin exports its entry function and nothing else, so that it can't clash with another.
          linkerSettings: [
            .unsafeFlags(["-Xlinker", "--version-script=\\(Context.packageDirectory)/stage.map"])
          ]),
        .testTarget(name: "@TYPE@Tests", dependencies: ["@TYPE@"]),
      ]
    )

    """

  private static let module = """
    public import CStageABI
    import StageSDK

    /// What the host looks up by name.
    @c(lattice_stage_module_v1)
    public func module(
      hostMinor: UInt32, why: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) -> UnsafePointer<lattice_stage_module>? {
      StageModule.export(
        id: "@NAME@", version: "1.0.0", vendor: "me", license: "MIT", stages: [@TYPE@.self],
        hostMinor: hostMinor, why: why)
    }

    """
}
