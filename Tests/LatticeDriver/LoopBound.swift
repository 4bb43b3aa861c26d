/// How long one step of the daemon's thread may compute, in milliseconds of processor time.
package enum LoopBound {
  #if DEBUG
    /// Code that isn't optimized takes several times as long, the more so beside other tests.
    package static let milliseconds = 250
  #else
    package static let milliseconds = 50
  #endif
}
