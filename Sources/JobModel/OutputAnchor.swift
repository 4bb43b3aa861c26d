/// The folder of results as it was at planning, so that another one in its place is noticed.
package struct OutputAnchor: Codable, Hashable, Sendable {
  /// An allowed folder, links resolved, that the results may not leave; nil where any place is allowed.
  package var root: String?
  /// The folder's path below ``root``, links resolved; empty for the root itself.
  package var beneath: String?
  package var inode: UInt64
  /// Nil where the filesystem doesn't say.
  package var birthNanoseconds: Int?

  package init(root: String?, beneath: String?, inode: UInt64, birthNanoseconds: Int?) {
    self.root = root
    self.beneath = beneath
    self.inode = inode
    self.birthNanoseconds = birthNanoseconds
  }
}
