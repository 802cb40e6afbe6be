package server

import (
	"runtime"
	"runtime/debug"
)

// Version is what this binary was built from.
func Version() string {
	version := "development"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			version += " " + s.Value[:12]
		}
	}
	return version + " (" + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")"
}

// userAgent is how Hearth names itself to the networks.
const userAgent = "Hearth/1.0"
