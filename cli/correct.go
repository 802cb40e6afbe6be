package cli

import (
	"strings"

	"hearth"
	"hearth/client"
)

// correctCmd corrects what the analysis says: of one post, or of everything that a
// query finds.
type correctCmd struct {
	Field   string   `arg:"" enum:"lang,sentiment,intent,spam" help:"What is corrected: lang, sentiment, intent or spam."`
	Value   []string `arg:"" help:"What it is: a language code; positive, neutral or negative; intents, or none; true or false. With machine, what the analysis says holds again."`
	Query   string   `placeholder:"QUERY" help:"Of which posts, in the query language."`
	Monitor string   `placeholder:"MONITOR" help:"Only what this monitor caught; its name or number."`
	Post    string   `placeholder:"NETWORK/ID" help:"Of this post only."`
	Wait    bool     `help:"Return when it is done."`
}

func (c *correctCmd) Run(s *session) error {
	value := strings.Join(c.Value, " ")
	if value == "machine" {
		value = ""
	}
	change := client.TagChange{Correct: []client.Correction{{Field: c.Field, Value: value}}}
	if (c.Post == "") == (c.Query == "") {
		return hearth.Errorf(hearth.Invalid, "Say what to correct: one post with --post NETWORK/ID, or many with --query.")
	}
	if c.Query != "" {
		w := tagWhere{Query: c.Query, Monitor: c.Monitor, Wait: c.Wait}
		return w.run(s, change)
	}
	network, id, _ := strings.Cut(c.Post, "/")
	return s.with(func(api *client.Client) error {
		done, err := api.Tag(s.ctx, client.TagRequest{Posts: []client.PostKey{{Network: network, ID: id}}, TagChange: change})
		switch {
		case err != nil:
			return err
		case s.json:
			return s.printLine(done)
		case done.Missing > 0:
			return hearth.Errorf(hearth.NotFound, "There is no post %s.", safe(c.Post))
		case done.Changed == 0:
			s.note("It says so already.")
			return nil
		}
		return s.printf("corrected; take it back with: hearth tag undo %d\n", done.Run)
	})
}
