/// How a plugin's Makefile finds `lattice` and its SDK; no path of the machine that it was made on is in it.
enum SDKLookup {
  static let makefile = """
    # The command, as it is found on PATH, and its SDK: what LATTICE_SDK names, else what pkg-config knows, else the one
    # that comes with the command.
    LATTICE ?= lattice
    ifeq ($(LATTICE_SDK),)
    LATTICE_SDK := $(shell pkg-config --variable=sdkdir lattice-stage 2>/dev/null || $(LATTICE) plugin sdk 2>/dev/null)
    endif
    export LATTICE_SDK
    ifeq ($(shell test -e "$(LATTICE_SDK)/include/lattice_stage.h" && echo there)$(filter clean,$(MAKECMDGOALS)),)
    $(error there is no SDK of Lattice in '$(LATTICE_SDK)': put lattice on PATH, or lattice-stage.pc on PKG_CONFIG_PATH, \\
    or set LATTICE_SDK to the folder that 'lattice plugin sdk' prints)
    endif

    """
}
