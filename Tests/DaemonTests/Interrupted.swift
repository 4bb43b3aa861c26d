import Foundation
import LatticeDriver
import Testing

/// A `lattice run` that is stopped in the middle, as with ctrl-C.
final class Interrupted {
  private let process = Process()

  init(_ arguments: [String], in folder: URL) throws {
    process.executableURL = Lattice.products.appending(path: "lattice")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// Its exit code, once it has ended.
  var status: Int32 { process.terminationStatus }

  /// Waits until something holds, interrupts the run and waits for its end.
  func stop(seconds: Double = 60, once condition: () -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while !condition() {
      try #require(process.isRunning && ContinuousClock.now < end)
      usleep(5000)
    }
    process.interrupt()
    process.waitUntilExit()
  }
}
