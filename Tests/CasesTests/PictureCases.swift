import LatticeDriver
import Testing

/// Pictures as cameras, downloads and repositories leave them.
@Suite(.blocking) struct PictureCases {
  @Test(arguments: ["exif-orientation-as-long", "jpeg-without-end-marker-and-trailer"])
  func thePixelsAreThoseOfOtherDecoders(name: String) throws {
    let folder = try CaseFolder(name)
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)\(folder.reasons)")
    let (found, expected) = (try folder.floats("out/a.npy"), try folder.floats("expected.npy"))
    #expect(found.header == expected.header)
    let difference = zip(found.values, expected.values).map { abs($0 - $1) }.max()
    // Rounding of the colour conversion to eight bits, in either decoder.
    #expect((difference ?? 1) < 0.01)
  }

  @Test func damagedDataAreReported() throws {
    let folder = try CaseFolder("jpeg-damage-passes-silently")
    try folder.run()
    let words = folder.log + folder.stageLogs + folder.reasons
    #expect(words.contains("damaged") || words.contains("corrupt"), "\(words)")
  }

  @Test func aLostRestartMarkerIsNoEarlyEnd() throws {
    let folder = try CaseFolder("jpeg-restart-marker-lost")
    try folder.run()
    #expect(
      folder.names().contains("a.npy") || folder.reasons.contains("damaged"), "\(folder.reasons)")
    #expect(!folder.reasons.contains("ends before the picture"), "\(folder.reasons)")
  }

  @Test(arguments: [
    ("git-lfs-pointer-instead-of-a-picture", "Git LFS"), ("heic-of-another-brand", "HEIC"),
    ("png-of-impossible-size-out-of-memory", "claims 2147483647"),
  ])
  func theReasonSaysWhatTheFileIs(name: String, words: String) throws {
    let folder = try CaseFolder(name)
    try folder.run()
    #expect(folder.status != 0)
    #expect(folder.reasons.contains(words), "\(folder.reasons)")
  }
}
