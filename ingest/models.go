package ingest

import (
	"slices"

	"hearth/analysis"
	"hearth/archive"
)

// Models are the versions of analyzers, as posts have them that these judge. A field
// that none of them adds has none.
func Models(analyzers []analysis.Analyzer) (j archive.Judged) {
	for i, field := range archive.Corrected {
		for _, a := range analyzers {
			if slices.Contains(a.Adds, string(field)) {
				j.Fields[i].Version = a.Version
			}
		}
	}
	return j
}
