package cli

import (
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

type userGroup struct {
	List      userList      `cmd:"" help:"List who is in the workspace."`
	SetupLink userSetupLink `cmd:"" name:"setup-link" help:"Make the link with which the first owner comes in, while there is none."`
	Invite    userInvite    `cmd:"" help:"Make a link with which one person may join."`
	Role      userRole      `cmd:"" help:"Give somebody another role."`
	Disable   userDisable   `cmd:"" help:"Keep somebody out, at once."`
	Enable    userEnable    `cmd:"" help:"Let somebody come in again."`
	SignOut   userSignOut   `cmd:"" name:"sign-out" help:"End all sessions of somebody; they may sign in again."`
	Reset     userReset     `cmd:"" help:"Make a link with which somebody who cannot sign in chooses another password."`
}

type userList struct{}

func (userList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Users(s.ctx)
		if err != nil {
			return err
		}
		if !s.json && len(list) == 0 {
			s.note("Nobody yet. Begin with: hearth user setup-link")
			return nil
		}
		now := s.env.Clock()
		t := &table{columns: []column{{title: "name", paint: s.style.bold}, {title: "full name", grow: true}, {title: "role"}, {title: "second factor"}, {title: "signed in"}, {title: "state"}}}
		for i := range list {
			u := &list[i]
			if s.json {
				if err := s.printLine(u); err != nil {
					return err
				}
				continue
			}
			second, seen, state := "no", "never", "in"
			if u.Second {
				second = "yes"
			}
			if !u.SignedIn.IsZero() {
				seen = ago(u.SignedIn, now)
			}
			if !u.Disabled.IsZero() {
				state = "disabled"
			}
			t.add(safe(u.Name), safe(u.FullName), u.Role, second, seen, state)
		}
		if s.json {
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type userSetupLink struct{}

func (userSetupLink) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		link, err := api.SetUpLink(s.ctx)
		if err != nil {
			return err
		}
		return s.printLink(api, link, "It is good once, within a day.")
	})
}

// inProcess is the address of a server that a command opened for itself.
const inProcess = "http://localhost"

// printLink shows a link, this once. Where no server runs, its address is not
// known.
func (s *session) printLink(api *client.Client, link client.Link, life string) error {
	if s.json {
		return s.printLine(link)
	}
	at := api.Address()
	if at == inProcess {
		at = ""
		life += " No server runs here now: start hearth serve, and put its address before the path."
	}
	if err := s.printf("%s\n", at+link.Path); err != nil {
		return err
	}
	s.note("%s", s.errStyle.faint(life))
	return nil
}

type userInvite struct {
	Role  string  `arg:"" enum:"owner,admin,lead,agent,author,analyst,viewer" help:"What they will be: ${enum}."`
	Brand string  `placeholder:"BRAND" help:"The brand that it is for, with those below it; without it the whole workspace."`
	Mail  string  `placeholder:"ADDRESS" help:"To tell invitations apart; nothing is sent."`
	Days  float64 `default:"7" help:"How long it is good, at most 30."`
}

func (c *userInvite) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		brand, err := s.brandNamed(api, c.Brand)
		if err != nil {
			return err
		}
		n, err := api.Invite(s.ctx, client.InvitationDraft{Role: c.Role, Brand: brand, Mail: c.Mail, Days: c.Days})
		if err != nil {
			return err
		}
		return s.printLink(api, n.Link, "It is good once, until "+n.Invitation.Expires.Format("2006-01-02 15:04")+" UTC.")
	})
}

// findUser is the user of that name.
func findUser(s *session, api *client.Client, name string) (client.User, error) {
	list, err := api.Users(s.ctx)
	if err != nil {
		return client.User{}, err
	}
	for _, u := range list {
		if u.Name == strings.ToLower(name) {
			return u, nil
		}
	}
	return client.User{}, hearth.Errorf(hearth.NotFound, "Nobody here is named %q. See: hearth user list", name)
}

type userRole struct {
	Name string `arg:"" help:"The name that they sign in with."`
	Role string `arg:"" enum:"owner,admin,lead,agent,author,analyst,viewer" help:"What they shall be: ${enum}."`
}

func (c *userRole) Run(s *session) error {
	return s.changeUser(c.Name, "is "+c.Role+" now and signs in again", func(api *client.Client, u client.User) (client.User, error) {
		return api.ChangeRole(s.ctx, u.ID, u.Version, c.Role)
	})
}

type userDisable struct {
	Name string `arg:"" help:"The name that they sign in with."`
}

func (c *userDisable) Run(s *session) error {
	return s.changeUser(c.Name, "cannot come in any more", func(api *client.Client, u client.User) (client.User, error) {
		return api.DisableUser(s.ctx, u.ID, u.Version)
	})
}

type userEnable struct {
	Name string `arg:"" help:"The name that they sign in with."`
}

func (c *userEnable) Run(s *session) error {
	return s.changeUser(c.Name, "may come in again", func(api *client.Client, u client.User) (client.User, error) {
		return api.EnableUser(s.ctx, u.ID, u.Version)
	})
}

type userSignOut struct {
	Name string `arg:"" help:"The name that they sign in with."`
}

func (c *userSignOut) Run(s *session) error {
	return s.changeUser(c.Name, "is signed out everywhere", func(api *client.Client, u client.User) (client.User, error) {
		return u, api.SignOutUser(s.ctx, u.ID)
	})
}

func (s *session) changeUser(name, now string, change func(*client.Client, client.User) (client.User, error)) error {
	return s.with(func(api *client.Client) error {
		u, err := findUser(s, api, name)
		if err != nil {
			return err
		}
		if u, err = change(api, u); err != nil {
			return err
		}
		if s.json {
			return s.printLine(u)
		}
		return s.printf("%s %s.\n", safe(u.Name), now)
	})
}

type userReset struct {
	Name         string `arg:"" help:"The name that they sign in with."`
	SecondFactor bool   `name:"second-factor" help:"Also take their authenticator app and recovery codes away."`
}

func (c *userReset) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		link, err := api.ResetLink(s.ctx, client.ResetRequest{Name: c.Name, Second: c.SecondFactor})
		if err != nil {
			return err
		}
		return s.printLink(api, link, "It is good once, within an hour. Be sure whom you give it to.")
	})
}

type keyGroup struct {
	List   keyList   `cmd:"" help:"List the API keys."`
	Add    keyAdd    `cmd:"" help:"Make an API key; it is shown this once."`
	Revoke keyRevoke `cmd:"" help:"End an API key at once."`
}

type keyList struct{}

func (keyList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Keys(s.ctx)
		if err != nil {
			return err
		}
		now := s.env.Clock()
		t := &table{columns: []column{{title: "id", right: true}, {title: "name", paint: s.style.bold}, {title: "for", grow: true}, {title: "used"}, {title: "until"}}}
		for i := range list {
			k := &list[i]
			if s.json {
				if err := s.printLine(k); err != nil {
					return err
				}
				continue
			}
			used, until := "never", k.Expires.Format(time.DateOnly)
			if !k.Seen.IsZero() {
				used = ago(k.Seen, now)
			}
			if !k.Revoked.IsZero() {
				until = "revoked"
			}
			t.add(strconv.FormatInt(k.ID, 10), safe(k.Name), strings.Join(k.Scopes, " "), used, until)
		}
		if s.json {
			return nil
		}
		if len(list) == 0 {
			s.note("No keys yet. Make one with: hearth key add NAME posts.read")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type keyAdd struct {
	Name   string   `arg:"" help:"What it is for."`
	Scopes []string `arg:"" name:"permission" help:"What it may do, such as posts.read monitors.read."`
	Brand  string   `placeholder:"BRAND" help:"The brand that it is for, with those below it; without it the whole workspace."`
	Days   float64  `default:"365" help:"How long it is good, at most 730."`
}

func (c *keyAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		brand, err := s.brandNamed(api, c.Brand)
		if err != nil {
			return err
		}
		n, err := api.AddKey(s.ctx, client.KeyDraft{Name: c.Name, Scopes: c.Scopes, Brand: brand, Days: c.Days})
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(n)
		}
		s.note("%s", s.errStyle.faint("This is shown once; send it as Authorization: Bearer KEY."))
		return s.printf("%s\n", n.Token)
	})
}

type keyRevoke struct {
	ID int64 `arg:"" help:"The key's number."`
}

func (c *keyRevoke) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		if err := api.RevokeKey(s.ctx, c.ID); err != nil {
			return err
		}
		if s.json {
			return nil
		}
		return s.printf("The key %d is no good any more.\n", c.ID)
	})
}
