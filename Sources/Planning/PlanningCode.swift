/// Every code the planner gives a fault, with what it means and how to mend it.
package enum PlanningCode {
  /// Two or three sentences; nil for a code that is not the planner's.
  package static func explanation(of code: String) -> String? { explanations[code] }

  package static let explanations: [String: String] = [
    "E100": "No plugin has a stage of this id. 'lattice plugin list' lists the stages there are.",
    "E101": "The stage is there, but in no version the range allows.",
    "E102":
      "The stage can't be used, or a plugin that may hold it could not be loaded; the reason is given.",
    "E103": "The stage has no input port of this name.",
    "E104": "A port that the stage needs is not connected.",
    "E105": "The port takes files, so it is connected to the input and not to a stage.",
    "E106": "The port takes a tensor, so it is connected to a stage's output and not to files.",
    "E107": "The stage that is read from has no output port of this name.",
    "E108": "Stages read from each other in a circle; something has to come first.",
    "E109": "The two ends of a connection have different types of numbers.",
    "E110": "The two ends of a connection have different counts of dimensions.",
    "E111": "The two ends of a connection mean different things.",
    "E112": "One name of a dimension stands for one size within a stage; the inputs disagree.",
    "E113": "The two ends of a connection have different sizes.",
    "E114": "The pipeline has no stage that items can enter by: a source.",
    "E116": "The input takes files, but no stage reads them.",
    "E117":
      "A task such as a trainer runs once for the whole job; stages that work item by item need a spec of their own.",
    "E118": "Only a task keeps checkpoints.",
    "E119":
      "The parameter has none of the forms that the stage takes, or more than one, or one it may not have.",
    "E120": "The stage has no parameter of this name.",
    "E121": "The parameter is of another kind than the stage takes.",
    "E122": "The number is outside its range, or the text is too short or too long.",
    "E123": "The parameter takes one of a few words.",
    "E124": "The stage needs this parameter.",
    "E125": "The list has too few or too many entries, or one of them twice.",
    "E126":
      "The name of an output is wrong: a placeholder is unknown, or it leads out of the output folder.",
    "E127": "The stage itself finds fault with its parameters or the sizes it gets.",
    "E128": "The stage could not be asked about its parameters.",
    "E129": "The file or folder that a parameter names is not there.",
    "E130": "The folder of the input is not there, or can't be read.",
    "E131": "No file in the folder matches the glob.",
    "E132": "None of the files that the input names is there.",
    "E133": "The list of files can't be read, or is empty.",
    "E134":
      "Items of a task can't be read, more than the spec allows to fail. Mend them, leave them out with 'exclude', or allow them with 'errors: { max_failed_items: … }'.",
    "E140": "Two items would write the same file. Put {item.dir} or {item.number} into the name.",
    "E141":
      "An output is there already, and the policy is 'error'. Choose another folder, or 'exists: skip' or 'replace'.",
    "E142":
      "Results may go to the job's own folder or below a folder the daemon's configuration allows ('allowedOutputs').",
    "E143": "Two stages write files of the same name.",
    "E144": "The spec names a model, but none of its stages makes one.",
    "E145": "The stage makes a model; 'output: { model: NAME }' says what to call it.",
    "E146": "A spec publishes one model.",
    "E147":
      "A version of a model is never changed. Choose another version, or leave it out to take the next one.",
    "E149": "The folder of results can't be made or opened.",
    "E150": "There is no model of this name and version.",
    "E151": "The model's file or folder is not there.",
    "E152": "The model's file has another digest than the spec says.",
    "E153": "The stage opens no models.",
    "E154": "The stage needs a model.",
    "E155": "The stage has no slot of this name for a model.",
    "E160": "The results would not fit on the disk.",
    "E161": "One batch would not fit in the memory limit.",
    "E165": "What was handed in is a folder, a link or a device. A spec is a plain file.",
    "E166": "The file has a name that no spec can have: it is no UTF-8, or too long.",
    "E168":
      "Reading or planning the spec brought its process down three times: it crashed, took too long or needed too much memory. Make the spec or its input smaller, or raise 'planSeconds' or 'planMemoryBytes' in latticed.json, and hand it in again.",
    "E169": "Somebody cancelled the spec before it was planned. Hand it in again to run it.",
    "W170": "Nobody reads this stage's outputs; it is computed for nothing.",
    "W171": "The pipeline writes nothing.",
    "W172": "A worker may use more threads than this machine has.",
    "W173": "The results may not fit on the disk.",
    "W174":
      "Two plugins have the same stage. Of one version the first on the search path is taken, else the newest that the spec allows.",
    "W175": "Stages whose items differ in size work on one item at a time.",
    "W178":
      "Every user of this machine can change a plugin that the job loads, and with it what the job does.",
    "W190": "Files of the input folder are left out that somebody may have meant.",
    "W191": "Items of the input can't be read; each fails with its reason, and the others go on.",
    "W192":
      "Names of items can't be those of their outputs: a control character, a part that is empty or over 255 bytes. Each fails, and the others go on.",
    "W193": "Results go where the next run looks for items.",
    "W176": "A task runs once for the whole job, so 'shards' has no meaning for it.",
    "W177":
      "Each shard is a process of its own. Very many small ones take more time to start than to work; larger shards don't.",
  ]
}
