// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Kernels are optimised in debug builds too, and never contract a*b+c: results are part of the contract.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off"])]

/// A plugin exports its entry function and nothing else.
let pluginLinkage: [LinkerSetting] = [
  .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/stage.map"])
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: settings)
}

/// A folder of `Plugins/`, built as `lib<name>.so`.
func plugin(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: ["CStageABI", "StageSDK"] + dependencies, path: "Plugins/\(name)",
    swiftSettings: settings, linkerSettings: pluginLinkage)
}

let package = Package(
  name: "lattice",
  products: [
    .library(name: "StageSDK", targets: ["StageSDK"]),
    .library(name: "ImageStages", type: .dynamic, targets: ["ImageStages"]),
    .library(name: "TensorStages", type: .dynamic, targets: ["TensorStages"]),
    .library(name: "TokenizerStages", type: .dynamic, targets: ["TokenizerStages"]),
    .library(name: "DistributionStages", type: .dynamic, targets: ["DistributionStages"]),
    .library(name: "FSQStages", type: .dynamic, targets: ["FSQStages"]),
    .library(name: "MaskGITStages", type: .dynamic, targets: ["MaskGITStages"]),
    .library(name: "SceneStages", type: .dynamic, targets: ["SceneStages"]),
    .library(name: "UViMStages", type: .dynamic, targets: ["UViMStages"]),
    .library(name: "LabelStages", type: .dynamic, targets: ["LabelStages"]),
    .library(name: "RelayFixture", type: .dynamic, targets: ["RelayFixture"]),
    .executable(name: "lattice", targets: ["lattice"]),
    .executable(name: "latticed", targets: ["latticed"]),
    .executable(name: "lattice-worker", targets: ["lattice-worker"]),
    .executable(name: "lattice-bench", targets: ["lattice-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // The only header both columns know.
    .target(name: "CStageABI"),

    // Left column: what a stage computes.
    .target(name: "CKernels", cSettings: kernelSettings),
    .target(
      name: "CImageCodecs", cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    library("StageSDK", ["CStageABI"]),
    library("Recipes", ["Autograd", "StageSDK", "Training"]),
    library("FSQ", ["CKernels"]),
    library("Classifier", ["Autograd", "Kernels", "TensorCore"]),
    library(
      "MaskGIT",
      [
        "Autograd", "CKernels", "Checkpoints", "ForeignJSON", "Kernels", "TensorCore",
        "TensorFiles",
      ]),
    library("TensorCore", ["CKernels"]),
    library("Kernels", ["CKernels", "TensorCore"]),
    library("Autograd", ["CKernels", "Convolutions", "Kernels", "TensorCore"]),
    library("Training", ["Autograd", "CKernels", "Kernels", "TensorCore", "TensorFiles"]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    library("Convolutions", ["CKernels", "COneDNN", "TensorCore"]),
    library("ForeignJSON", ["FileNames"]),
    library("TensorFiles", ["FileNames", "ForeignJSON"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    library("Checkpoints", ["CZlib", "FileNames", "TensorFiles"]),
    library("FeatureNetworks", ["Autograd", "Kernels", "ModelFiles", "TensorCore"]),
    library("Distributions", ["COpenBLAS"]),
    library(
      "PictureSets", ["Checkpoints", "ForeignJSON", "ImageCodecs", "TensorCore", "TensorFiles"]),
    library("Tokenizers", ["Autograd", "CKernels", "FSQ", "Kernels", "TensorCore", "Training"]),
    library(
      "ModelFiles",
      ["Autograd", "Checkpoints", "FileNames", "ForeignJSON", "TensorCore", "TensorFiles"]),
    library("ImageCodecs", ["CImageCodecs", "CKernels"]),
    library("Metrics", ["CKernels"]),
    library("UViM", ["Autograd", "CKernels", "FSQ", "Kernels", "TensorCore", "Training"]),
    library("LabelFiles", ["ForeignJSON", "ImageCodecs", "TensorFiles"]),
    .target(
      // Optimised in debug builds too, as kernels are: rendering is arithmetic for each pixel.
      name: "Scenes", dependencies: ["TensorCore"],
      swiftSettings: settings + [.unsafeFlags(["-O"])]),
    plugin("SceneStages", ["Scenes", "TensorCore"]),
    plugin(
      "UViMStages",
      [
        "Autograd", "Checkpoints", "FSQ", "ForeignJSON", "ImageCodecs", "Kernels", "LabelFiles",
        "ModelFiles", "Recipes", "Scenes", "TensorCore", "Training", "UViM",
      ]),
    plugin("LabelStages", ["ImageCodecs", "LabelFiles", "Metrics", "TensorFiles"]),
    plugin("ImageStages", ["ImageCodecs", "Metrics"]),
    plugin("TensorStages", ["Metrics", "TensorFiles"]),
    plugin(
      "TokenizerStages",
      [
        "Autograd", "Checkpoints", "Convolutions", "FSQ", "FeatureNetworks", "ForeignJSON",
        "ImageCodecs", "Kernels", "Metrics", "ModelFiles", "PictureSets", "Recipes", "TensorCore",
        "Tokenizers", "Training",
      ]),
    plugin(
      "DistributionStages",
      [
        "Autograd", "Checkpoints", "Distributions", "FeatureNetworks", "Kernels", "ModelFiles",
        "PictureSets", "TensorCore", "TensorFiles",
      ]),
    plugin("FSQStages", ["FSQ"]),
    plugin(
      "MaskGITStages",
      [
        "Autograd", "Checkpoints", "Classifier", "Kernels", "MaskGIT", "ModelFiles", "PictureSets",
        "Recipes", "TensorCore", "Training",
      ]),

    // Right column: what happens to a job.
    .target(name: "CSystemCalls", cSettings: [.unsafeFlags(["-O2"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    library("FileNames"),
    library("JobModel", ["FileNames"]),
    library("DurableFiles", ["CSystemCalls", "FileNames"]),
    library("YAML", ["CYAML", "FileNames"]),
    library("Versions"),
    library("PipelineSpec", ["FileNames", "Versions", "YAML"]),
    library("WorkerLink", ["CSystemCalls", "DurableFiles", "FileNames", "JobModel"]),
    library("ParameterSchemas", ["JobModel"]),
    library(
      "StageHost",
      ["CStageABI", "CSystemCalls", "FileNames", "JobModel", "ParameterSchemas", "Versions"]),
    library("SampleFiles"),
    library("PluginTemplates", ["SampleFiles"]),
    library(
      "PluginCheck",
      [
        "CStageABI", "CSystemCalls", "DurableFiles", "FileNames", "JobModel", "ParameterSchemas",
        "SampleFiles", "ShardRun", "StageHost",
      ]),
    library(
      "StageCatalog", ["CSystemCalls", "DurableFiles", "FileNames", "JobModel", "Versions"]),
    library(
      "Planning",
      [
        "DurableFiles", "FileNames", "JobModel", "ParameterSchemas", "PipelineSpec", "StageCatalog",
        "Versions", "YAML",
      ]),
    library("Journal", ["JobModel", .product(name: "GRDB", package: "GRDB.swift")]),
    library("JobQueue", ["CSystemCalls", "DurableFiles", "FileNames", "JobModel"]),
    library("JobReport", ["DurableFiles", "FileNames", "JobModel"]),
    library(
      "ShardRun",
      ["CSystemCalls", "DurableFiles", "FileNames", "JobModel", "StageHost", "WorkerLink"]),
    library(
      "Supervision",
      [
        "CSystemCalls", "DurableFiles", "FileNames", "JobModel", "JobQueue", "JobReport", "Journal",
        "PipelineSpec", "Planning", "StageCatalog", "WorkerLink",
      ]),
    .executableTarget(
      name: "lattice-worker",
      dependencies: [
        "CSystemCalls", "DurableFiles", "JobModel", "PluginCheck", "ShardRun", "StageHost",
        "WorkerLink",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "latticed", dependencies: ["DurableFiles", "JobModel", "Supervision", argumentParser],
      swiftSettings: settings),
    .executableTarget(
      name: "lattice",
      dependencies: [
        "DurableFiles", "FileNames", "JobModel", "JobQueue", "JobReport", "Journal", "PipelineSpec",
        "Planning", "PluginTemplates", "StageCatalog", "Supervision", "Versions", "WorkerLink",
        "YAML",
        argumentParser,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "lattice-bench",
      dependencies: [
        "Autograd", "CKernels", "COpenBLAS", "Convolutions", "FSQ", "JobReport", "Kernels",
        "MaskGIT",
        "TensorCore", "Tokenizers", "Training", "UViM", argumentParser,
      ], swiftSettings: settings),
    // A plugin for tests.
    .target(
      name: "RelayFixture", dependencies: ["CStageABI", "StageSDK"],
      path: "Tests/Fixtures/RelayFixture", swiftSettings: settings, linkerSettings: pluginLinkage),
    tests("FileNamesTests", ["FileNames"]),
    tests("JobModelTests", ["FileNames", "JobModel"]),
    tests("DurableFilesTests", ["DurableFiles", "FileNames"]),
    tests("YAMLTests", ["YAML"]),
    tests("PipelineSpecTests", ["PipelineSpec", "YAML"]),
    tests("VersionsTests", ["Versions"]),
    tests("ParameterSchemasTests", ["JobModel", "ParameterSchemas"]),
    tests(
      "StageCatalogTests",
      ["DurableFiles", "JobModel", "LatticeDriver", "StageCatalog", "Versions"]),
    tests(
      "PlanningTests",
      [
        "DurableFiles", "FileNames", "JobModel", "PipelineSpec", "Planning", "StageCatalog", "YAML",
      ]),
    tests(
      "StageHostTests",
      [
        "CStageABI", "DurableFiles", "FileNames", "JobModel", "LatticeDriver", "PluginTemplates",
        "StageCatalog", "StageHost", "StageSDK",
      ]),
    tests(
      "JournalTests", ["JobModel", "Journal", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("JobQueueTests", ["DurableFiles", "FileNames", "JobModel", "JobQueue"]),
    tests("WorkerLinkTests", ["DurableFiles", "WorkerLink"]),
    tests("JobReportTests", ["DurableFiles", "FileNames", "JobModel", "JobReport"]),
    tests(
      "FSQTests", ["CKernels", "FSQ", "TensorFiles"], exclude: ["Golden/README.md"],
      resources: [.copy("Golden")]),
    tests("ClassifierTests", ["Autograd", "Classifier", "Kernels", "TensorCore", "Training"]),
    tests(
      "MaskGITTests", ["Autograd", "Checkpoints", "Kernels", "MaskGIT", "TensorCore", "Training"],
      exclude: ["Golden/README.md"], resources: [.copy("Golden")]),
    tests("TensorCoreTests", ["TensorCore"]),
    tests("PictureSetsTests", ["PictureSets", "TensorCore"]),
    tests("KernelsTests", ["CKernels", "Kernels", "TensorCore"]),
    tests("AutogradTests", ["Autograd", "CKernels", "Convolutions", "Kernels", "TensorCore"]),
    tests("TrainingTests", ["Autograd", "Kernels", "TensorCore", "Training"]),
    tests(
      "TokenizersTests",
      [
        "Autograd", "Checkpoints", "FSQ", "Kernels", "TensorCore", "TensorFiles", "Tokenizers",
        "Training",
      ], exclude: ["Golden/README.md"], resources: [.copy("Golden")]),
    .target(name: "LatticeDriver", path: "Tests/LatticeDriver", swiftSettings: settings),
    tests("TokenizerStagesTests", ["Checkpoints", "LatticeDriver", "TensorFiles", "Tokenizers"]),
    tests("MaskGITStagesTests", ["Checkpoints", "LatticeDriver", "TensorFiles"]),
    tests("DistributionsTests", ["Distributions"]),
    tests(
      "FeatureNetworksTests",
      ["Autograd", "Checkpoints", "FeatureNetworks", "ModelFiles", "TensorCore"],
      exclude: ["Golden/README.md"], resources: [.copy("Golden")]),
    tests("ConvolutionsTests", ["CKernels", "Convolutions", "TensorCore"]),
    tests("ForeignJSONTests", ["ForeignJSON"]),
    tests("TensorFilesTests", ["TensorFiles"]),
    tests(
      "CheckpointsTests", ["CZlib", "Checkpoints", "TensorFiles"], exclude: ["Golden/README.md"],
      resources: [.copy("Golden")]),
    tests(
      "UViMTests",
      [
        "Autograd", "Checkpoints", "FSQ", "Kernels", "TensorCore", "TensorFiles", "Training",
        "UViM",
      ],
      exclude: ["Golden/README.md"], resources: [.copy("Golden")]),
    tests("LabelFilesTests", ["ForeignJSON", "ImageCodecs", "LabelFiles", "TensorFiles"]),
    tests(
      "UViMStagesTests",
      [
        "Autograd", "Checkpoints", "DurableFiles", "LatticeDriver", "ModelFiles", "TensorCore",
        "TensorFiles", "UViM",
      ]),
    tests(
      "ModelFilesTests",
      ["Autograd", "Checkpoints", "Kernels", "ModelFiles", "TensorCore", "TensorFiles"]),
    tests(
      "MetricsTests", ["CKernels", "ImageCodecs", "Metrics"], exclude: ["Golden/README.md"],
      resources: [.copy("Golden")]),
    tests("ScenesTests", ["Scenes", "TensorCore"]),
    tests(
      "ImageCodecsTests", ["CKernels", "ImageCodecs"], exclude: ["Files/SOURCE.md"],
      resources: [.copy("Files")]),
    tests("PluginCheckTests", ["JobModel", "LatticeDriver", "StageCatalog"]),
    tests("ArchitectureTests", ["LatticeDriver"]),
    tests(
      "DaemonTests",
      [
        "DurableFiles", "FileNames", "JobModel", "JobQueue", "LatticeDriver",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    tests("CasesTests", ["LatticeDriver"], exclude: ["Files"]),
    tests(
      "SupervisionTests",
      [
        "DurableFiles", "FileNames", "JobModel", "JobQueue", "Journal", "LatticeDriver",
        "PipelineSpec", "Supervision", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
  ]
)

// libFuzzer's runtime is linked only when it is asked for, by `make fuzz`.
if Context.environment["LATTICE_FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "lattice-fuzz",
      dependencies: ["Checkpoints", "ForeignJSON", "ImageCodecs", "LabelFiles", "PipelineSpec"],
      path: "Fuzz/lattice-fuzz", swiftSettings: settings)
  ]
}
