/// A pipeline around the stage of a new plugin.
enum PipelineText {
  /// Whoever works on a stage runs its pipeline again and again: the results of an earlier try are replaced.
  static func of(_ kind: PluginTemplate.Kind) -> String {
    stages(of: kind) + "output: { exists: replace }\n"
  }

  private static func stages(of kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map:
      """
      version: 1
      name: @NAME@
      input:
        photos: { dir: samples, glob: "*.png" }
      stages:
        - id: read
          use: image.read@1
          in: { file: photos }
          params: { size: 64 }
        - id: @VERB@
          use: @STAGE@@1
          in: { image: read.image }
          params: { gain: 0.5 }
        - id: save
          use: image.write@1
          in: { image: @VERB@.image }
          params: { name: "{item.stem}.png" }

      """
    case .source:
      """
      version: 1
      name: @NAME@
      input:
        noise: { count: 3 }
      stages:
        - id: @VERB@
          use: @STAGE@@1
          params: { size: 64 }
        - id: save
          use: image.write@1
          in: { image: @VERB@.image }
          params: { name: "{item.number}.png" }

      """
    case .sink:
      """
      version: 1
      name: @NAME@
      input:
        photos: { dir: samples, glob: "*.png" }
      stages:
        - id: read
          use: image.read@1
          in: { file: photos }
          params: { size: 64 }
        - id: @VERB@
          use: @STAGE@@1
          in: { image: read.image }

      """
    case .task:
      """
      version: 1
      name: @NAME@
      input:
        photos: { dir: samples, glob: "*.png" }
      stages:
        - id: @VERB@
          use: @STAGE@@1
          params: { steps: 50 }

      """
    }
  }
}
