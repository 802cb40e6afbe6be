package cli

import (
	"cmp"
	"fmt"
	"strconv"

	"hearth/client"
)

type topicGroup struct {
	List   topicList   `cmd:"" help:"Rank what the posts of a monitor are about."`
	Show   topicShow   `cmd:"" help:"Show one topic and its newest posts."`
	Said   topicSaid   `cmd:"" help:"Say what is said more, and less, than in the time before."`
	Rename topicRename `cmd:"" help:"Give a topic a name."`
	Mute   topicMute   `cmd:"" help:"List a topic no more, or again."`
	Merge  topicMerge  `cmd:"" help:"Make topics part of another."`
	Split  topicSplit  `cmd:"" help:"Take a topic apart."`
}

// topicTime is of which posts.
type topicTime struct {
	naming
	From string `placeholder:"TIME" default:"7d" help:"Published at or after: a day, a moment, or 7d, 12h ago."`
	To   string `placeholder:"TIME" help:"Published before; now, if not given."`
}

func (c *topicTime) search(s *session, api *client.Client) (ask client.TopicSearch, err error) {
	m, err := s.monitor(api, c.Monitor)
	if err != nil {
		return ask, err
	}
	ask.Monitor = m.ID
	ask.From, ask.To, err = (&period{c.From, c.To}).read(s)
	return ask, err
}

type topicList struct {
	topicTime
	Limit int  `short:"n" default:"20" help:"Most topics to show, at most 100."`
	Muted bool `help:"Those that are muted, instead of the others."`
}

func (c *topicList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		ask, err := c.search(s, api)
		if err != nil {
			return err
		}
		ask.Limit, ask.Muted = c.Limit, c.Muted
		r, err := api.Topics(s.ctx, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(r))
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "topic", grow: true, paint: s.style.bold}, {title: "people", right: true},
			{title: "before", right: true, paint: s.style.faint}, {title: "negative", right: true}, {}}}
		for i := range r.Topics {
			one := &r.Topics[i]
			negative, chip := "", ""
			if one.Known > 0 {
				negative = fmt.Sprintf("%d %%", 100*one.Negative/one.Known)
			}
			switch {
			case one.New:
				chip = "new"
			case one.Rising:
				chip = "rising"
			}
			t.add(strconv.FormatInt(one.ID, 10), safe(one.Name), grouped(one.People), grouped(one.PeopleBefore), negative, chip)
		}
		if r.Behind > 500 {
			s.note(fmt.Sprintf("%s of the archive are not sorted yet.", counted(r.Behind, "row")))
		}
		if len(r.Topics) == 0 {
			return s.printf("No topic in %s: it takes three people who say the same.\n", counted(r.Of, "post"))
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type topicShow struct {
	topicTime
	Topic int64 `arg:"" help:"Its number."`
}

func (c *topicShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		ask, err := c.search(s, api)
		if err != nil {
			return err
		}
		d, err := api.Topic(s.ctx, c.Topic, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(d))
		}
		if err := s.printf("topic %d  %s, %s by %s, before %s by %s\n", d.Topic.ID, safe(d.Topic.Name), counted(d.Topic.Posts, "post"), grouped(d.Topic.People),
			grouped(d.Topic.PostsBefore), grouped(d.Topic.PeopleBefore)); err != nil {
			return err
		}
		ask.Limit = 10
		page, err := api.TopicPosts(s.ctx, d.Topic.ID, ask, "")
		if err != nil {
			return err
		}
		for i := range page.Posts {
			p := &page.Posts[i].Post
			if err := s.printf("%s  %s  %s\n", p.Published.Format("2006-01-02 15:04"), safe(p.Author.Handle), safe(p.Text)); err != nil {
				return err
			}
		}
		return nil
	})
}

type topicSaid struct{ topicTime }

func (c *topicSaid) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		ask, err := c.search(s, api)
		if err != nil {
			return err
		}
		said, err := api.Said(s.ctx, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(said))
		}
		t := &table{columns: []column{{title: "said"}, {title: "phrase", grow: true, paint: s.style.bold}, {title: "posts", right: true}, {title: "before", right: true, paint: s.style.faint}, {title: "language"}}}
		for _, part := range []struct {
			word string
			list []client.SaidPhrase
		}{{"more", said.More}, {"less", said.Less}} {
			for _, one := range part.list {
				t.add(part.word, safe(one.Text), grouped(one.Posts), grouped(one.Before), safe(one.Lang))
			}
		}
		if len(said.More)+len(said.Less) == 0 {
			return s.printf("Nothing is said more or less than before, as far as %s and %s before tell.\n", counted(said.Posts, "post"), grouped(said.PostsBefore))
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

// topicChanged names the topic that is changed and a monitor through which it is seen.
type topicChanged struct {
	naming
	Topic int64 `arg:"" help:"Its number."`
}

// change changes a topic as it stands.
func (c *topicChanged) change(s *session, edit func(*client.TopicChange)) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		d, err := api.Topic(s.ctx, c.Topic, client.TopicSearch{Monitor: m.ID})
		if err != nil {
			return err
		}
		change := client.TopicChange{Version: d.Topic.Version}
		edit(&change)
		return api.ChangeTopic(s.ctx, d.Topic.ID, change)
	})
}

type topicRename struct {
	topicChanged
	Name string `arg:"" optional:"" help:"The name; none: what its posts say."`
}

func (c *topicRename) Run(s *session) error {
	return c.change(s, func(to *client.TopicChange) { to.Name = &c.Name })
}

type topicMute struct {
	topicChanged
	Off bool `help:"List it again."`
}

func (c *topicMute) Run(s *session) error {
	muted := !c.Off
	return c.change(s, func(to *client.TopicChange) { to.Muted = &muted })
}

type topicMerge struct {
	Into  int64   `arg:"" help:"The number of the topic that goes on."`
	Parts []int64 `arg:"" help:"The numbers of those that become part of it."`
}

func (c *topicMerge) Run(s *session) error {
	return s.with(func(api *client.Client) error { return api.MergeTopics(s.ctx, c.Into, c.Parts) })
}

type topicSplit struct {
	Topic int64 `arg:"" help:"Its number. A part of another leaves it."`
}

func (c *topicSplit) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		pieces, err := api.SplitTopic(s.ctx, c.Topic)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(client.TopicPieces{Topics: pieces}))
		}
		return s.printf("Now there are besides it: %v. To undo: hearth topic merge\n", pieces)
	})
}
