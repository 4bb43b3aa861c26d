import ArgumentParser
import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import Supervision

/// The daemon: turns specs dropped into a spool into finished files.
@main
struct Latticed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latticed",
    abstract: "Serves a spool: runs every pipeline spec that is dropped into it.",
    discussion: """
      A spec is handed in by moving it to SPOOL/incoming, or with 'lattice submit'. SIGTERM or SIGINT stops the \
      daemon; what ran is queued again and goes on at the next start. A second signal exits at once. SIGHUP \
      looks at the plugins again.

      Examples:
        latticed
            the spool of this user, as many slots as there are CPUs
        latticed --spool /srv/lattice --slots 8 --data-root /srv/photos
        latticed --spool /tmp/try --drain
            does all that is there, then exits
      """)

  @Option(
    help: """
      Spool folder; else $LATTICE_SPOOL, else ~/.local/share/lattice, else, without $HOME, /var/spool/lattice.
      """)
  var spool: String?

  @Option(help: "Configuration file; else SPOOL/latticed.json, if it is there.")
  var config: String?

  @Option(help: "CPU slots: the sum of the threads of all workers. Else one for each CPU.")
  var slots: Int?

  @Option(help: "Folder of plugins, searched before the usual ones; may be given several times.")
  var plugins: [String] = []

  @Option(help: "Folder that relative paths of a dropped spec are resolved against.")
  var dataRoot: String?

  @Option(help: "How to write the log to standard error: text or json.")
  var logFormat: LogFormat = .text

  @Flag(help: "Exit once nothing is left to do.")
  var drain = false

  @Flag(help: .hidden)
  var once = false

  enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  /// A clerk is no command of its own: nobody but the daemon starts one.
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == Clerk.argument { Glibc.exit(Clerk.main(Array(arguments.dropFirst()))) }
    main(arguments)
  }

  func validate() throws {
    if let slots, !(1...4096).contains(slots) {
      throw ValidationError("--slots must be 1 to 4096, not \(slots)")
    }
  }

  func run() throws {
    if let argument = Arguments.firstNotUnicode {
      throw StartFailure(Arguments.refusal(of: argument))
    }
    // Before anything that might start a thread: signals are taken from a descriptor.
    guard let signals = StopSignals() else {
      throw StartFailure("can't watch for signals: \(String(cString: strerror(errno)))")
    }
    do {
      try serve(signals)
    } catch {
      throw StartFailure("\(error)")
    }
  }

  private func serve(_ signals: StopSignals) throws {
    let folder = SpoolFolder(
      path: Files.absolute(
        spool ?? SpoolFolder.usualPath(ProcessInfo.processInfo.environment)))
    let daemon = try Daemon(
      spool: folder, configuration: try configuration(of: folder),
      logFormat: logFormat == .json ? .json : .text)
    daemon.run(signals: signals, drains: drain || once)
  }

  /// The configuration file with the command line over it.
  private func configuration(of folder: SpoolFolder) throws -> DaemonConfiguration {
    var configuration = DaemonConfiguration(slots: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    try configuration.load(config ?? folder.configuration, isRequired: config != nil)
    if let slots { configuration.slots = slots }
    if let dataRoot { configuration.dataRoot = Files.absolute(dataRoot) }
    configuration.pluginFolders = plugins.map(Files.absolute) + configuration.pluginFolders
    return configuration
  }
}

/// A daemon that can't start; printed as it is.
struct StartFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
