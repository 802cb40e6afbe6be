// Package docs is the manual: the pages beside this file, as the binary carries
// them. Package manual reads them.
package docs

import "embed"

// Pages are the pages by file name; README.md is the index.
//
//go:embed *.md
var Pages embed.FS
