import Foundation
import JobModel
import LatticeDriver
import Testing

/// Names that are HTML, in the report of a job: they are shown, and do nothing.
@Suite(.blocking) struct ReportNameTests {
  @Test func namesAreShownAsTheyAre() throws {
    let daemon = try Daemon()
    let images = daemon.root.appending(path: "data/images")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    let good = "<script>alert(1)<.png"
    let bad = #"<img src=x onerror="alert('2')">&amp;.png"#
    try TinyPictures.png(width: 16, height: 16, seed: 1).write(to: images.appending(path: good))
    try Data("no picture".utf8).write(to: images.appending(path: bad))
    try daemon.start()
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { photos: { dir: images } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos } }
        - { id: save, use: image.write@1, in: { image: read.image }, params: { name: "{item.stem}.png" } }
      errors: { max_failed_items: 1 }
      """)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .partial, "\(result.message ?? "")")
    let page = try String(contentsOfFile: daemon.spool.job(result.id).report, encoding: .utf8)
    #expect(!page.contains("<script") && !page.contains("<img src=x"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;.png"))
    #expect(page.contains("&lt;img src=x onerror=&quot;alert(&#39;2&#39;)&quot;&gt;&amp;amp;.png"))
  }
}
