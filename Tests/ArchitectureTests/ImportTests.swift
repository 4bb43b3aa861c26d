import Foundation
import Testing

/// The picture in README.md, as a table: what each target may import besides the system's modules.
private let allowedImports: [String: Set<String>] = [
  "Sources/StageSDK": ["CStageABI"],
  "Sources/Recipes": ["Autograd", "StageSDK", "Training"],
  "Sources/FSQ": ["CKernels"],
  "Sources/Classifier": ["Autograd", "Kernels", "TensorCore"],
  "Sources/MaskGIT": [
    "Autograd", "CKernels", "Checkpoints", "ForeignJSON", "Kernels", "TensorCore", "TensorFiles",
  ],
  "Sources/TensorCore": ["CKernels"],
  "Sources/Kernels": ["CKernels", "TensorCore"],
  "Sources/Autograd": ["CKernels", "Convolutions", "Kernels", "TensorCore"],
  "Sources/Training": ["Autograd", "CKernels", "Kernels", "TensorCore", "TensorFiles"],
  "Sources/FeatureNetworks": ["Autograd", "Kernels", "ModelFiles", "TensorCore"],
  "Sources/Distributions": ["COpenBLAS"],
  "Sources/PictureSets": [
    "Checkpoints", "ForeignJSON", "ImageCodecs", "TensorCore", "TensorFiles",
  ],
  "Sources/Tokenizers": ["Autograd", "CKernels", "FSQ", "Kernels", "TensorCore", "Training"],
  "Sources/Convolutions": ["CKernels", "COneDNN", "TensorCore"],
  "Sources/ForeignJSON": ["FileNames"],
  "Sources/TensorFiles": ["FileNames", "ForeignJSON"],
  "Sources/Checkpoints": ["CZlib", "FileNames", "TensorFiles"],
  "Sources/ModelFiles": [
    "Autograd", "Checkpoints", "FileNames", "ForeignJSON", "TensorCore", "TensorFiles",
  ],
  "Sources/Metrics": ["CKernels"],
  "Sources/ImageCodecs": ["CImageCodecs", "CKernels"],
  "Sources/UViM": ["Autograd", "CKernels", "FSQ", "Kernels", "TensorCore", "Training"],
  "Sources/LabelFiles": ["ForeignJSON", "ImageCodecs", "TensorFiles"],
  "Sources/Scenes": ["TensorCore"],
  "Plugins/SceneStages": ["CStageABI", "Scenes", "StageSDK", "TensorCore"],
  "Plugins/UViMStages": [
    "Autograd", "CStageABI", "Checkpoints", "FSQ", "ForeignJSON", "ImageCodecs", "Kernels",
    "LabelFiles", "ModelFiles", "Recipes", "Scenes", "StageSDK", "TensorCore", "Training", "UViM",
  ],
  "Plugins/LabelStages": [
    "CStageABI", "ImageCodecs", "LabelFiles", "Metrics", "StageSDK", "TensorFiles",
  ],
  "Plugins/ImageStages": ["CStageABI", "ImageCodecs", "Metrics", "StageSDK"],
  "Plugins/TensorStages": ["CStageABI", "Metrics", "StageSDK", "TensorFiles"],
  "Plugins/TokenizerStages": [
    "Autograd", "CStageABI", "Checkpoints", "Convolutions", "FSQ", "FeatureNetworks", "ForeignJSON",
    "ImageCodecs", "Kernels", "Metrics", "ModelFiles", "PictureSets", "Recipes", "StageSDK",
    "TensorCore", "Tokenizers", "Training",
  ],
  "Plugins/DistributionStages": [
    "Autograd", "CStageABI", "Checkpoints", "Distributions", "FeatureNetworks", "Kernels",
    "ModelFiles", "PictureSets", "StageSDK", "TensorCore", "TensorFiles",
  ],
  "Plugins/FSQStages": ["CStageABI", "FSQ", "StageSDK"],
  "Plugins/MaskGITStages": [
    "Autograd", "CStageABI", "Checkpoints", "Classifier", "Kernels", "MaskGIT", "ModelFiles",
    "PictureSets", "Recipes", "StageSDK", "TensorCore", "Training",
  ],
  "Sources/FileNames": [],
  "Sources/JobModel": ["FileNames"],
  "Sources/DurableFiles": ["CSystemCalls", "FileNames"],
  "Sources/YAML": ["CYAML", "FileNames"],
  "Sources/Versions": [],
  "Sources/ParameterSchemas": ["JobModel"],
  "Sources/PipelineSpec": ["FileNames", "Versions", "YAML"],
  "Sources/WorkerLink": ["CSystemCalls", "DurableFiles", "FileNames", "JobModel"],
  "Sources/StageHost": [
    "CStageABI", "CSystemCalls", "FileNames", "JobModel", "ParameterSchemas", "Versions",
  ],
  "Sources/SampleFiles": [],
  "Sources/PluginTemplates": ["SampleFiles"],
  "Sources/PluginCheck": [
    "CStageABI", "CSystemCalls", "DurableFiles", "FileNames", "JobModel", "ParameterSchemas",
    "SampleFiles", "ShardRun", "StageHost",
  ],
  "Sources/StageCatalog": ["CSystemCalls", "DurableFiles", "FileNames", "JobModel", "Versions"],
  "Sources/Planning": [
    "DurableFiles", "FileNames", "JobModel", "ParameterSchemas", "PipelineSpec", "StageCatalog",
    "Versions", "YAML",
  ],
  "Sources/Journal": ["GRDB", "JobModel"],
  "Sources/JobQueue": ["CSystemCalls", "DurableFiles", "FileNames", "JobModel"],
  "Sources/JobReport": ["DurableFiles", "FileNames", "JobModel"],
  "Sources/ShardRun": [
    "CSystemCalls", "DurableFiles", "FileNames", "JobModel", "StageHost", "WorkerLink",
  ],
  "Sources/Supervision": [
    "CSystemCalls", "DurableFiles", "FileNames", "JobModel", "JobQueue", "JobReport", "Journal",
    "PipelineSpec",
    "Planning", "StageCatalog", "WorkerLink",
  ],
  "Sources/lattice-worker": [
    "CSystemCalls", "DurableFiles", "JobModel", "PluginCheck", "ShardRun", "StageHost",
    "WorkerLink",
  ],
  "Sources/latticed": ["ArgumentParser", "DurableFiles", "JobModel", "Supervision"],
  "Sources/lattice": [
    "ArgumentParser", "DurableFiles", "FileNames", "JobModel", "JobQueue", "JobReport", "Journal",
    "PipelineSpec", "Planning", "PluginTemplates", "StageCatalog", "Supervision", "Versions",
    "WorkerLink", "YAML",
  ],
  "Sources/lattice-bench": [
    "ArgumentParser", "Autograd", "CKernels", "COpenBLAS", "Convolutions", "FSQ", "JobReport",
    "Kernels", "MaskGIT", "TensorCore", "Tokenizers", "Training", "UViM",
  ],
]

/// Modules of the toolchain, which any target may import unless ``withoutFoundation`` says otherwise.
private let systemModules: Set<String> = [
  "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch",
]

/// Targets a worker or plugin loads: full Foundation costs each process 15 ms and 20 MB.
private let withoutFoundation: Set<String> = [
  "Sources/StageSDK", "Sources/FSQ", "Sources/Classifier", "Sources/MaskGIT", "Sources/TensorCore",
  "Sources/Kernels",
  "Sources/Autograd",
  "Sources/Convolutions",
  "Sources/Training", "Sources/Recipes", "Sources/Tokenizers", "Sources/PictureSets",
  "Sources/ForeignJSON",
  "Sources/TensorFiles", "Sources/Checkpoints", "Sources/ModelFiles", "Sources/UViM",
  "Sources/LabelFiles", "Sources/Scenes",
  "Plugins/SceneStages", "Plugins/LabelStages", "Plugins/UViMStages",
  "Sources/Metrics",
  "Sources/ImageCodecs", "Plugins/ImageStages", "Plugins/TensorStages", "Plugins/FSQStages",
  "Plugins/MaskGITStages",
  "Plugins/TokenizerStages", "Plugins/DistributionStages",
  "Sources/FeatureNetworks", "Sources/Distributions",
  "Sources/FileNames", "Sources/JobModel", "Sources/DurableFiles", "Sources/WorkerLink",
  "Sources/StageHost", "Sources/ParameterSchemas", "Sources/Versions",
  "Sources/SampleFiles", "Sources/PluginTemplates", "Sources/PluginCheck", "Sources/ShardRun",
  "Sources/lattice-worker",
]

@Suite struct ImportTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test(arguments: allowedImports.keys.sorted())
  func importsOnlyWhatTheLayerAllows(target: String) throws {
    var allowed = try #require(allowedImports[target]).union(systemModules)
    if withoutFoundation.contains(target) { allowed.remove("Foundation") }
    for file in try swiftFiles(under: target) {
      let imported = try imports(in: file)
      #expect(
        imported.isSubset(of: allowed),
        "\(file.lastPathComponent) imports \(imported.subtracting(allowed).sorted())")
    }
  }

  @Test func everyTargetIsInTheTable() throws {
    var folders: Set<String> = []
    for side in ["Sources", "Plugins"] {
      let names = try FileManager.default.contentsOfDirectory(
        atPath: Self.root.appending(path: side).path())
      for name in names where !(try swiftFiles(under: "\(side)/\(name)").isEmpty) {
        folders.insert("\(side)/\(name)")
      }
    }
    #expect(folders == Set(allowedImports.keys))
  }

  /// Names, parameters and plugins' words are written out for people in one place.
  @Test func oneTargetEscapesText() throws {
    for side in ["Sources", "Plugins"] {
      for file in try swiftFiles(under: side)
      where !file.path().contains("/Sources/FileNames/") {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(
          !text.contains(#"\\u{\("#) && !text.contains("== .control"),
          "\(file.path()) writes out characters itself; use ShownText of FileNames")
      }
    }
  }

  private func swiftFiles(under folder: String) throws -> [URL] {
    let base = Self.root.appending(path: folder)
    let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  /// Names of the modules a file imports, whatever access or kind it imports them with.
  private func imports(in file: URL) throws -> Set<String> {
    let text = try String(contentsOf: file, encoding: .utf8)
    return Set(
      text.split(separator: "\n").compactMap { line -> String? in
        // What is indented stands in a text, as of a template: imports are not.
        guard line.first != " " else { return nil }
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 1,
          words.count > position + 1
        else { return nil }
        guard position == 0 || ["public", "package", "internal", "private"].contains(words[0])
        else {
          return nil
        }
        return words.last.map { String($0.split(separator: ".")[0]) }
      })
  }
}
