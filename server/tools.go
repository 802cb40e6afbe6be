package server

import (
	"context"
	"io"
	"sync"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/spam"
	"hearth/analysis/standard"
	"hearth/api"
	"hearth/cli"
	"hearth/client"
	"hearth/evaluation"
	"hearth/network/all"
	"hearth/query"
	"hearth/text"
)

// Tools gives the command line what it works with.
func Tools(getenv func(string) string) *cli.Tools {
	t := tools{getenv: getenv}
	analyzers := sync.OnceValue(standard.Analyzers)
	return &cli.Tools{
		Version:   Version(),
		Place:     new(Place),
		Serving:   new(Serving),
		Connect:   t.connect,
		Serve:     t.serve,
		Config:    t.config,
		Doctor:    t.doctor,
		Check:     api.Check,
		Translate: api.Translate,
		Analyze:   func(posts []*hearth.Post) { analyse(analyzers(), posts) },
		SpamSigns: spamSigns,
		Models:    func() []cli.Model { return models(analyzers()) },
		Evaluate: func(ctx context.Context, set io.Reader, o cli.EvaluateOptions) (*cli.Evaluation, error) {
			return evaluate(ctx, set, analyzers(), hearth.SystemClock, o)
		},
		EvaluateTasks: evaluation.Tasks(),
		Formats:       formatList(),
		Read:          read,
		Listen: func(ctx context.Context, o cli.ListenOptions) error {
			return listen(ctx, all.Networks(), analyzers(), hearth.SystemClock, o)
		},
		Bench:        bench,
		VerifyBackup: t.verifyBackup,
		Restore:      t.restore,
		CopyDatabase: t.copyDatabase,
		Demo:         t.demo,
	}
}

// tools are the functions that need the settings.
type tools struct{ getenv func(string) string }

func (t tools) load(given cli.Given) (Config, error) {
	settings, _, err := Load(given, t.getenv)
	return Config{Settings: settings}, err
}

// connect gives commands a client. In their process only warnings are logged,
// unless somebody asked for more.
func (t tools) connect(ctx context.Context, given cli.Given, create bool) (*client.Client, func() error, error) {
	config, err := t.load(given)
	if err != nil {
		return nil, nil, err
	}
	if given["log"] == "" && t.getenv("HEARTH_LOG") == "" {
		config.Log = "error"
	}
	return Connect(ctx, config, t.getenv, create)
}

func (t tools) serve(ctx context.Context, given cli.Given, ready func(string)) error {
	config, err := t.load(given)
	if err != nil {
		return err
	}
	return Serve(ctx, config, ready)
}

func (t tools) config(given cli.Given) ([]cli.Setting, error) {
	_, explained, _ := Load(given, t.getenv)
	list := make([]cli.Setting, len(explained))
	for i, e := range explained {
		list[i] = cli.Setting(e)
	}
	return list, nil
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

// spamSigns are the signs of spam in a post.
func spamSigns(post *hearth.Post) (list []string) {
	var doc text.Doc
	query.AddPost(&doc, post)
	kinds, err := spam.Why(post, &doc)
	if err != nil {
		return nil
	}
	for _, kind := range kinds {
		list = append(list, kind.String())
	}
	return list
}
