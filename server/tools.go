package server

import (
	"hearth"
	"hearth/analysis"
	"hearth/analysis/standard"
	"hearth/api"
	"hearth/cli"
	"hearth/query"
	"hearth/text"
)

// Tools gives the command line what it works with.
func Tools(getenv func(string) string) *cli.Tools {
	analyzers := standard.Analyzers()
	return &cli.Tools{
		Version:  Version(),
		Settings: new(Settings),
		Check:    api.Check,
		Analyze:  func(posts []*hearth.Post) { analyse(analyzers, posts) },
		Config: func(given cli.Given) ([]cli.Setting, error) {
			_, explained, _ := Load(given, getenv)
			list := make([]cli.Setting, len(explained))
			for i, e := range explained {
				list[i] = cli.Setting(e)
			}
			return list, nil
		},
	}
}

// analyse runs the analyzers over posts that are not on their way to an
// archive.
func analyse(analyzers []analysis.Analyzer, posts []*hearth.Post) {
	items := make([]analysis.Item, len(posts))
	for i, p := range posts {
		doc := new(text.Doc)
		query.AddPost(doc, p)
		items[i] = analysis.Item{Post: p, Doc: doc}
	}
	analysis.Run(analyzers, items)
}
