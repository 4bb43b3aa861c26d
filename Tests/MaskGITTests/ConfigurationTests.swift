import MaskGIT
import Testing

@Suite struct ConfigurationTests {
  private func fault(_ json: String) -> String? {
    #expect(throws: MaskGITError.self) {
      try MaskGITConfiguration(json: Array(json.utf8))
    }?.description
  }

  private func config(_ more: String = "", heads: String = "4", tokens: String = "64") -> String {
    """
    {"codebook_size": 60, "num_class": 3, "tokens": \(tokens), "hidden": 96, "heads": \(heads),
     "layers": 3, "mlp": 192\(more.isEmpty ? "" : ", " + more)}
    """
  }

  @Test func saysWhatIsWrong() {
    #expect(fault("[]") == "config.json of the model: byte 0 must be an object, not a list")
    #expect(
      fault(#"{"codebook_size": 3}"#)
        == "config.json of the model: byte 0 must be an object with the key 'num_class', not one without"
    )
    #expect(
      fault(config(heads: "7"))
        == "config.json of the model: 7 heads can't share a width of 96 evenly")
    #expect(
      fault(config(tokens: "0"))
        == "config.json of the model: 'tokens' is 0; it must be at least 1 and at most 1048576")
    #expect(
      fault(config(#""grid": [8, 9]"#))
        == "config.json of the model: 'grid' is [8, 9], but it must be two sizes whose product is 64"
    )
    #expect(
      fault(config(#""mask_token": 60"#))
        == """
        config.json of the model: 'mask_token' is 60, but the vocabulary holds 60 codes, then 3 classes, then the \
        mask, 63
        """)
    #expect(
      fault(config(#""head": "digits", "levels": [5, 5]"#))
        == "config.json of the model: 'levels' is [5, 5], but their product must be 'codebook_size', 60"
    )
    #expect(
      fault(config(#""kind": "uvim-stage1""#))
        == "config.json of the model: its kind is 'uvim-stage1', but this stage takes 'maskgit'")
    #expect(
      fault(config(#""class_names": ["stop"]"#))
        == "config.json of the model: it names 1 classes, but 'num_class' is 3")
    #expect(
      fault(config(#""block": "modern""#, heads: "16"))
        == """
        config.json of the model: heads are 6 wide; rotary positions in two dimensions need a multiple of 4
        """)
    #expect(
      fault(config(#""block": "resnet""#))
        == "config.json of the model: 'block' at byte 113 must be a value that is known here, not the text 'resnet'"
    )
    #expect(
      fault(config(#""decode_steps": "few""#))
        == "config.json of the model: 'decode_steps' at byte 120 must be a whole number, not the text 'few'"
    )
  }

  @Test func keepsEveryKey() throws {
    var first = try MaskGITConfiguration(
      codebookSize: 60, classCount: 2, tokens: 12, hidden: 32, heads: 4, layers: 1, mlp: 8,
      block: .modern, head: .digits, levels: [5, 4, 3], grid: [3, 4])
    first.classNames = ["stop", "give way"]
    first.tokenizer = "fsq-signs-f4"
    first.decodeSteps = 9
    first.choiceTemperature = 2.5
    #expect(try MaskGITConfiguration(json: first.json(weights: "bf16")) == first)
    #expect(first.vocabulary == 12 + 2 + 1 && first.maskRow == 14)
  }
}
