import JobModel
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct DaemonConfigurationTests {
  @Test func readsEveryKey() throws {
    var configuration = DaemonConfiguration(slots: 1)
    let text = """
      {"dataRoot": "/data", "slots": 3, "allowedOutputs": ["/out"], "allowSubmitBase": false,
       "settleSeconds": 0.5, "syntaxGraceSeconds": 2, "scanSeconds": 1, "pluginFolders": ["/p"],
       "diskReserveBytes": 10}
      """
    try configuration.apply(Array(text.utf8), from: "latticed.json")
    var expected = DaemonConfiguration(slots: 3)
    expected.dataRoot = "/data"
    expected.allowedOutputs = ["/out"]
    expected.allowSubmitBase = false
    expected.settleSeconds = 0.5
    expected.syntaxGraceSeconds = 2
    expected.scanSeconds = 1
    expected.pluginFolders = ["/p"]
    expected.diskReserveBytes = 10
    #expect(configuration == expected)
  }

  @Test(arguments: [
    (
      #"{"slot": 2}"#,
      "unknown key 'slot'; the keys are allowSubmitBase, allowedOutputs, dataRoot, "
        + "diskReserveBytes, planMemoryBytes, planSeconds, pluginFolders, scanSeconds, settleSeconds, slots, syntaxGraceSeconds"
    ),
    (#"{"slots": 0}"#, "'slots' must be a whole number, 1 to 4096, not 0"),
    (#"{"dataRoot": "data"}"#, #"'dataRoot' must be an absolute folder, not "data""#),
    (#"{"allowSubmitBase": "no"}"#, #"'allowSubmitBase' must be true or false, not "no""#),
    (#"{"diskReserveBytes": -1}"#, "'diskReserveBytes' must be a whole number, 0 or more, not -1"),
    (#"{"settleSeconds": "1s"}"#, #"'settleSeconds' must be seconds, 0 to 86400, not "1s""#),
    ("[]", "not a JSON object: the file is not an object"),
  ])
  func saysWhatIsWrong(text: String, message: String) {
    var configuration = DaemonConfiguration(slots: 1)
    let error = #expect(throws: ConfigurationError.self) {
      try configuration.apply(Array(text.utf8), from: "latticed.json")
    }
    #expect(error?.description == "configuration 'latticed.json': \(message)")
  }
}
