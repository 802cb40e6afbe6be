package cli

import (
	"cmp"
	"fmt"
	"strconv"

	"hearth/client"
)

type monitorVoices struct {
	naming
	From  string `placeholder:"TIME" default:"90d" help:"Published at or after: a day, a moment, or 7d, 12h ago."`
	To    string `placeholder:"TIME" help:"Published before; now, if not given."`
	Limit int    `short:"n" default:"20" help:"Most people to show, at most 60."`
}

func (c *monitorVoices) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		ask := client.VoicesRequest{Monitor: m.ID, Limit: c.Limit}
		if ask.From, ask.To, err = (&period{c.From, c.To}).read(s); err != nil {
			return err
		}
		v, err := api.Voices(s.ctx, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(v))
		}
		t := &table{columns: []column{{title: "who", grow: true, paint: s.style.bold}, {title: "network"}, {title: "rank", right: true}, {title: "between", right: true, paint: s.style.faint},
			{title: "amplifiers", right: true}, {title: "h", right: true}, {title: "followers", right: true, paint: s.style.faint}, {}}}
		for i := range v.Voices {
			one := &v.Voices[i]
			followers, chip := "", ""
			if one.Followers != nil {
				followers = grouped(*one.Followers)
			}
			if v.Trusted > 0 && !one.Confirmed {
				chip = "not confirmed by trusted accounts"
			}
			t.add(safe(one.Label), safe(one.Network), fmt.Sprintf("%.1f", one.Rank), fmt.Sprintf("%.1f to %.1f", one.Low, one.High),
				strconv.Itoa(one.Amplifiers), strconv.Itoa(one.HIndex), followers, chip)
		}
		if len(v.Voices) == 0 {
			return s.printf("Nobody was amplified by five people or more in %s.\n", counted(v.Posts, "post"))
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
		if v.Trusted == 0 {
			s.note("None of these people is trusted, so the rank is the reach alone. Say whom you trust: hearth trust add NETWORK AUTHOR")
		}
		return s.printf("%s of %s, %s, %s\n", counted(v.Posts, "post"), grouped(v.Of), counted(int64(v.Interactions), "interaction"),
			counted(int64(v.Trusted), "trusted account"))
	})
}

type trustGroup struct {
	List   trustList   `cmd:"" help:"List the people at whom trust in the ranking of voices begins."`
	Add    trustAdd    `cmd:"" help:"Put somebody on the list."`
	Remove trustRemove `cmd:"" help:"Take somebody off it."`
}

type trustList struct{}

func (trustList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.TrustedPeople(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "network"}, {title: "author", paint: s.style.bold}, {title: "added", paint: s.style.faint}, {title: "note", grow: true}}}
		for i := range list {
			if s.json {
				if err := s.printLine(&list[i]); err != nil {
					return err
				}
				continue
			}
			t.add(safe(list[i].Network), safe(list[i].Author), ago(list[i].Added, s.env.Clock()), safe(list[i].Note))
		}
		if s.json || len(list) == 0 {
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type trustAdd struct {
	Network string `arg:"" help:"Such as bluesky."`
	Author  string `arg:"" help:"An id on it, or @ and a handle."`
	Note    string `placeholder:"TEXT" help:"Why."`
}

func (c *trustAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		p, err := api.Trust(s.ctx, client.TrustedPerson{Network: c.Network, Author: c.Author, Note: c.Note})
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(p))
		}
		return s.printf("%s on %s is trusted\n", safe(p.Author), safe(p.Network))
	})
}

type trustRemove struct {
	Network string `arg:"" help:"Such as bluesky."`
	Author  string `arg:"" help:"As the list shows it."`
}

func (c *trustRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error { return api.Distrust(s.ctx, c.Network, c.Author) })
}
