public import CStageABI
import StageSDK

/// The plugin's table of contents.
@c(lattice_stage_module_v1)
public func latticeStageModule(
  hostMinor: UInt32, why: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> UnsafePointer<lattice_stage_module>? {
  StageModule.export(
    id: "org.lattice.tokenizers", version: "1.0.0", vendor: "Lattice", license: "Apache-2.0",
    stages: [
      DatasetStage.self, FSQTrainStage.self, VQTrainStage.self, FSQEncodeStage.self,
      VQEncodeStage.self, FSQDecodeStage.self, VQDecodeStage.self, ImportStage.self,
      StudyStage.self,
    ], hostMinor: hostMinor, why: why)
}
