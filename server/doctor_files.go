package server

import (
	"fmt"
	"os"
	"path/filepath"

	"hearth/pairing"
)

// largeWAL is a write-ahead log that should have been moved into its database
// long ago: some reader holds it.
const largeWAL = 512 << 20

// files looks at what lies in the data directory, without opening it.
func (e *examination) files() {
	sound := len(e.findings)
	for _, name := range []string{stateFile, archiveFile, replayFile, pairing.File, filepath.Join(keysDir, sealFile), noteFile} {
		path := filepath.Join(e.config.Data, name)
		info, err := os.Stat(path)
		if err != nil {
			continue // what must be there is found missing when it is opened
		}
		if info.Mode().Perm()&0o077 != 0 {
			e.fair("files", fmt.Sprintf("%s can be read by others (mode %o)", path, info.Mode().Perm()),
				"Whoever reads it has the posts, or what opens the secrets of sources.", "chmod 600 "+path)
		}
		if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > largeWAL {
			e.fair("files", fmt.Sprintf("%s-wal holds %d MB that are not in the database yet", path, wal.Size()>>20),
				"Something reads for so long that writes cannot be moved to their place; reading gets slower and the disk fills.",
				"Look for long exports and backups. Stopping and starting the server moves them.")
		}
	}
	if _, err := os.Stat(filepath.Join(e.config.Data, stateFile)); err == nil {
		if _, err := os.Stat(filepath.Join(e.config.Data, keysDir, sealFile)); err != nil {
			e.fair("files", filepath.Join(keysDir, sealFile)+" is not there", "Without it the secrets among the settings of sources cannot be opened; a new one is made at the next start.",
				"If sources have secrets, bring it back from a backup, or enter them again: hearth source list")
		}
	}
	if len(e.findings) == sound {
		e.good("files", "private")
	}
}
