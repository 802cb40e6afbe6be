package cli

import (
	"fmt"
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type webhookGroup struct {
	List   webhookList   `cmd:"" help:"List the channels: where Hearth sends to by itself."`
	Add    webhookAdd    `cmd:"" help:"Add a webhook, a chat room, mail addresses or a browser."`
	Remove webhookRemove `cmd:"" help:"Take channels away; what waits for them is not sent."`
	Pause  webhookPause  `cmd:"" help:"Let channels rest, or with --all everything that leaves by itself."`
	Resume webhookResume `cmd:"" help:"Let them send again."`
	Rotate webhookRotate `cmd:"" help:"Give a webhook another secret; for a day both sign."`
	Test   webhookTest   `cmd:"" help:"Send a test message through channels."`
	Log    webhookLog    `cmd:"" help:"Show what was, is and will be sent, the newest first."`
	Show   webhookShow   `cmd:"" help:"Show one dispatch, with its body and every try."`
	Replay webhookReplay `cmd:"" help:"Send dispatches again, under the same id."`
	Cancel webhookCancel `cmd:"" help:"Keep dispatches that wait from being sent."`
	Settle webhookSettle `cmd:"" help:"Say what became of a dispatch that nobody knows the fate of."`
}

type webhookList struct{}

func (webhookList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Channels(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "kind"}, {title: "name", paint: s.style.bold}, {title: "to", grow: true},
			{title: "about", grow: true}, {title: "waiting", right: true}, {title: "dead", right: true}, {title: "state", grow: true, paint: s.style.warn}}}
		for i := range list.Channels {
			c := &list.Channels[i]
			if s.json {
				if err := s.printLine(c); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(c.ID, 10), c.Kind, safe(c.Name), safe(c.Address), channelAbout(c), grouped(c.Waiting), grouped(c.Dead), channelState(c))
		}
		switch {
		case s.json:
			return nil
		case len(list.Channels) == 0:
			s.note("Hearth sends nothing by itself. See: hearth webhook add --help")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

func channelAbout(c *client.Channel) string {
	about := "all but mentions"
	if len(c.Events) > 0 {
		about = strings.Join(c.Events, ", ")
	}
	if c.Class != "" {
		about += ", " + c.Class + " and above"
	}
	if c.Query != "" {
		about += ", " + c.Query
	}
	return safe(about)
}

func channelState(c *client.Channel) string {
	switch {
	case c.Trouble != "":
		return safe(c.Trouble)
	case c.Paused:
		return "paused"
	case c.Dropped > 0:
		return grouped(c.Dropped) + " events found no room"
	}
	return ""
}

type webhookAdd struct {
	Address  string   `arg:"" help:"An https:// address; for mail the addresses, with commas."`
	Kind     string   `enum:"webhook,chat,mail" default:"webhook" help:"webhook, chat or mail."`
	Name     string   `required:"" help:"What to call it."`
	Format   string   `help:"Of a chat: slack, mattermost, discord or teams; found out by the address if it is left out."`
	Events   []string `placeholder:"EVENT" help:"About these only; all but mention.created if it is left out."`
	Monitors []string `placeholder:"MONITOR" help:"About these monitors only."`
	Query    string   `help:"Of events about a post: only if it matches."`
	Class    string   `enum:"watch,act,all-hands," default:"" placeholder:"CLASS" help:"At least so serious: watch, act or all-hands."`
	Language string   `enum:"en,de,fi,zh," default:"" placeholder:"LANGUAGE" help:"Of mails and chats: en, de, fi or zh; left out, a mail is in the language of whoever gets it."`
}

func (c *webhookAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		draft := client.ChannelDraft{Kind: c.Kind, Name: c.Name, Address: c.Address, Format: c.Format, Events: c.Events, Query: c.Query, Class: c.Class, Language: c.Language}
		for _, name := range c.Monitors {
			m, err := s.monitor(api, name)
			if err != nil {
				return err
			}
			draft.Monitors = append(draft.Monitors, m.ID)
		}
		channel, err := api.AddChannel(s.ctx, draft)
		if err != nil {
			return err
		}
		return s.printChannel(&channel)
	})
}

// printChannel shows a channel that was made or changed, and its secret if it
// has one to show.
func (s *session) printChannel(c *client.Channel) error {
	if s.json {
		return s.printLine(c)
	}
	if err := s.printf("%d  %s  %s\n", c.ID, safe(c.Name), safe(c.Address)); err != nil || c.Secret == "" {
		return err
	}
	s.note("The secret is shown this once:")
	return s.printf("%s\n", c.Secret)
}

// channelNaming is the argument of commands about channels.
type channelNaming struct {
	Channel []int64 `arg:"" help:"Their numbers, as webhook list shows them."`
}

type webhookRemove struct{ channelNaming }

func (c *webhookRemove) Run(s *session) error {
	return s.eachJob(c.Channel, func(api *client.Client, id int64) error { return api.RemoveChannel(s.ctx, id) })
}

type webhookPause struct {
	Channel []int64 `arg:"" optional:"" help:"Their numbers, as webhook list shows them."`
	All     bool    `help:"Everything that leaves the workspace by itself."`
}

func (c *webhookPause) Run(s *session) error { return s.pauseChannels(c.Channel, c.All, true) }

type webhookResume struct {
	Channel []int64 `arg:"" optional:"" help:"Their numbers, as webhook list shows them."`
	All     bool    `help:"Everything that leaves the workspace by itself."`
}

func (c *webhookResume) Run(s *session) error { return s.pauseChannels(c.Channel, c.All, false) }

func (s *session) pauseChannels(ids []int64, all, paused bool) error {
	return s.with(func(api *client.Client) error {
		if all {
			if paused {
				return api.PauseOutbox(s.ctx)
			}
			return api.ResumeOutbox(s.ctx)
		}
		for _, id := range ids {
			c, err := api.Channel(s.ctx, id)
			if err == nil {
				_, err = api.ChangeChannel(s.ctx, id, client.ChannelChange{Version: c.Version, Paused: &paused})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type webhookRotate struct {
	Channel int64 `arg:"" help:"Its number, as webhook list shows it."`
}

func (c *webhookRotate) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		channel, err := api.RotateSecret(s.ctx, c.Channel)
		if err != nil {
			return err
		}
		return s.printChannel(&channel)
	})
}

type webhookTest struct{ channelNaming }

func (c *webhookTest) Run(s *session) error {
	return s.eachJob(c.Channel, func(api *client.Client, id int64) error {
		_, err := api.TestChannel(s.ctx, id)
		return err
	})
}

type webhookLog struct {
	Channel int64  `help:"To this channel only."`
	State   string `enum:"queued,sending,sent,failed,unknown,dead," default:"" placeholder:"STATE" help:"In this state only: queued, sending, sent, failed, unknown or dead."`
	Limit   int    `short:"n" default:"20" help:"Most to show."`
}

func (c *webhookLog) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		page, err := api.Dispatches(s.ctx, c.Channel, c.State, 0, c.Limit)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "channel", right: true}, {title: "event", paint: s.style.bold}, {title: "state"},
			{title: "made"}, {title: "tries", right: true}, {title: "title", grow: true}, {title: "trouble", grow: true, paint: s.style.warn}}}
		now := s.env.Clock()
		for i := range page.Dispatches {
			d := &page.Dispatches[i]
			if s.json {
				if err := s.printLine(d); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(d.ID, 10), strconv.FormatInt(d.Channel, 10), d.Event, d.State, ago(d.Created, now), strconv.FormatInt(d.Attempts, 10), safe(d.Title), safe(d.Error))
		}
		if page.Paused {
			s.note("Nothing is sent at the moment. See: hearth webhook resume --all")
		}
		switch {
		case s.json:
			return nil
		case len(page.Dispatches) == 0:
			s.note("Nothing was sent.")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type webhookShow struct {
	Dispatch int64 `arg:"" help:"Its number, as webhook log shows it."`
}

func (c *webhookShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		d, err := api.Dispatch(s.ctx, c.Dispatch)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(&d)
		}
		t := table{columns: []column{{paint: s.style.faint}, {}}}
		t.add("dispatch", fmt.Sprintf("%d  %s, %s", d.ID, d.Event, d.State))
		t.add("known as", d.MessageID)
		for _, try := range d.Log {
			t.add(fmt.Sprintf("try %d", try.Number), fmt.Sprintf("%s  %s %s", moment(try.Begun), try.Result, safe(try.Error)))
		}
		t.add("body", safe(d.Body))
		return t.printRows(s.env.Stdout, terminal{})
	})
}

// dispatchNaming is the argument of commands about dispatches.
type dispatchNaming struct {
	Dispatch []int64 `arg:"" help:"Their numbers, as webhook log shows them."`
}

type webhookReplay struct{ dispatchNaming }

func (c *webhookReplay) Run(s *session) error {
	return s.eachJob(c.Dispatch, func(api *client.Client, id int64) error {
		_, err := api.ReplayDispatch(s.ctx, id)
		return err
	})
}

type webhookCancel struct{ dispatchNaming }

func (c *webhookCancel) Run(s *session) error {
	return s.eachJob(c.Dispatch, func(api *client.Client, id int64) error {
		_, err := api.CancelDispatch(s.ctx, id)
		return err
	})
}

type webhookSettle struct {
	Decision string  `arg:"" enum:"arrived,again,failed" help:"arrived, again or failed."`
	Dispatch []int64 `arg:"" optional:"" help:"Their numbers, as webhook log shows them."`
	All      bool    `help:"All that are unknown, the oldest 500."`
}

func (c *webhookSettle) Run(s *session) error {
	if c.All == (len(c.Dispatch) > 0) {
		return hearth.Errorf(hearth.Invalid, "Name dispatches by their numbers, or say --all. See: hearth webhook log --state unknown")
	}
	return s.with(func(api *client.Client) error {
		did, err := api.SettleDispatches(s.ctx, client.Settlement{Dispatches: c.Dispatch, Decision: c.Decision})
		if err != nil || s.json {
			return s.printed(did, err)
		}
		s.note("%s settled, %s unknown still.", grouped(did.Settled), grouped(did.Left))
		return nil
	})
}
