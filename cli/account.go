package cli

import "hearth/client"

type accountGroup struct {
	Show  accountShow  `cmd:"" help:"How likely accounts are automated, and why."`
	Human accountHuman `cmd:"" help:"Say that a person writes there."`
	Bot   accountBot   `cmd:"" help:"Say that a program writes there."`
	Undo  accountUndo  `cmd:"" help:"Take back what was said of it."`
}

type accountShow struct {
	Network string   `arg:"" help:"The network: mastodon."`
	Authors []string `arg:"" help:"Ids on the network, or @ and handles."`
}

func (c accountShow) Run(s *session) error {
	var asked []client.SocialAccount
	for _, author := range c.Authors {
		asked = append(asked, client.SocialAccount{Network: c.Network, Author: author})
	}
	return s.with(func(api *client.Client) error {
		list, err := api.Automations(s.ctx, asked)
		if err != nil {
			return err
		}
		for i := range list {
			one := &list[i]
			if s.json {
				if err := s.printLine(one); err != nil {
					return err
				}
				continue
			}
			line := one.Author + ": " + one.Band
			if one.Said != "" {
				line += " (a person said: " + one.Said + ")"
			}
			if err := s.printf("%s, %.1f points by %d posts\n", line, one.Score, one.Posts); err != nil {
				return err
			}
			for _, r := range one.Reasons {
				if err := s.printf("  %s\n", r.Words); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// accountOne names one account.
type accountOne struct {
	Network string `arg:"" help:"The network: mastodon."`
	Author  string `arg:"" help:"Id on the network, or @ and a handle."`
}

func (c *accountOne) say(s *session, says string) error {
	return s.with(func(api *client.Client) error {
		return api.SayAutomation(s.ctx, client.SocialAccount{Network: c.Network, Author: c.Author}, says)
	})
}

type accountHuman struct{ accountOne }

func (c *accountHuman) Run(s *session) error { return c.say(s, "human") }

type accountBot struct{ accountOne }

func (c *accountBot) Run(s *session) error { return c.say(s, "automated") }

type accountUndo struct{ accountOne }

func (c *accountUndo) Run(s *session) error { return c.say(s, "") }
