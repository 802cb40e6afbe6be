package cli

import (
	"os"
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type providerGroup struct {
	List      providerList      `cmd:"" help:"List the identity providers by which people sign in."`
	Add       providerAdd       `cmd:"" help:"Add an identity provider (OpenID Connect). Nobody comes in by it until it is switched on."`
	On        providerOn        `cmd:"" help:"Let people sign in by a provider."`
	Off       providerOff       `cmd:"" help:"Let nobody sign in by a provider any more; whoever did is signed out."`
	Try       providerTry       `cmd:"" help:"Ask a provider what it says of itself, and for its keys."`
	Remove    providerRemove    `cmd:"" help:"Take a provider away that is off, with everybody's identities by it."`
	Passwords providerPasswords `cmd:"" help:"Say whether people may sign in by password: the way back when a provider fails."`
}

type providerList struct{}

func (providerList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Providers(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "id", right: true}, {title: "name", paint: s.style.bold}, {title: "issuer", grow: true}, {title: "state"}, {title: "proved by an owner"}}}
		for i := range list {
			p := &list[i]
			if s.json {
				if err := s.printLine(p); err != nil {
					return err
				}
				continue
			}
			state, proved := "off", "never"
			if p.Enabled {
				state = "on"
			}
			if !p.Proved.IsZero() {
				proved = ago(p.Proved, s.env.Clock())
			}
			t.add(strconv.FormatInt(p.ID, 10), safe(p.Name), safe(p.Issuer), state, proved)
		}
		if s.json {
			return nil
		}
		if len(list) == 0 {
			s.note("No providers yet. Add one: hearth provider add Acme https://login.acme.example CLIENT-ID --secret-file FILE")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type providerAdd struct {
	Name       string   `arg:"" help:"What the button says."`
	Issuer     string   `arg:"" help:"As the provider writes it, such as https://login.acme.example."`
	ClientID   string   `arg:"" name:"client-id" help:"What the provider calls this Hearth."`
	SecretFile string   `name:"secret-file" placeholder:"FILE" help:"Holds the client secret. Without it the client is a public one."`
	Scopes     []string `default:"email,profile" help:"What is asked for beside openid."`
	Domains    []string `help:"Domains of verified mail addresses that new people need."`
	Admit      string   `placeholder:"ROLE" help:"The role of people nobody invited; without it they stay out."`
	Second     bool     `name:"second-factor" help:"The provider's second factor does instead of Hearth's."`
}

func (c *providerAdd) Run(s *session) error {
	d := client.ProviderDraft{Name: c.Name, Issuer: c.Issuer, ClientID: c.ClientID, Scopes: c.Scopes, Domains: c.Domains, Admit: c.Admit, Second: c.Second}
	if c.SecretFile != "" {
		secret, err := os.ReadFile(c.SecretFile)
		if err != nil {
			return hearth.Errorf(hearth.Invalid, "The file of the secret cannot be read: %v", err)
		}
		if d.Secret = strings.TrimSpace(string(secret)); d.Secret == "" {
			return hearth.Errorf(hearth.Invalid, "The file %s holds no secret.", c.SecretFile)
		}
	}
	return s.with(func(api *client.Client) error {
		p, err := api.AddProvider(s.ctx, d)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(p)
		}
		if err := s.printf("%s is provider %d, and off.\n", safe(p.Name), p.ID); err != nil {
			return err
		}
		if p.Callback == "" {
			s.note("Hearth does not know its own address yet: hearth serve --address https://hearth.acme.example")
		} else {
			s.note("Tell the provider the address to return to: %s", p.Callback)
		}
		s.note("Then: hearth provider try %d, and hearth provider on %d", p.ID, p.ID)
		return nil
	})
}

// findProvider is the provider of that number.
func findProvider(s *session, api *client.Client, id int64) (client.Provider, error) {
	list, err := api.Providers(s.ctx)
	if err != nil {
		return client.Provider{}, err
	}
	for _, p := range list {
		if p.ID == id {
			return p, nil
		}
	}
	return client.Provider{}, hearth.Errorf(hearth.NotFound, "There is no provider %d. See: hearth provider list", id)
}

// turn switches a provider on or off.
func (s *session) turn(id int64, on bool, done string) error {
	return s.with(func(api *client.Client) error {
		p, err := findProvider(s, api, id)
		if err != nil {
			return err
		}
		p.ProviderDraft.Enabled = on
		p, err = api.ChangeProvider(s.ctx, id, client.ProviderChange{Version: p.Version, ProviderDraft: p.ProviderDraft})
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(p)
		}
		return s.printf("%s %s\n", safe(p.Name), done)
	})
}

type providerOn struct {
	ID int64 `arg:"" help:"Its number."`
}

func (c *providerOn) Run(s *session) error {
	return s.turn(c.ID, true, "is on: people connect with it in their account, and then sign in by it.")
}

type providerOff struct {
	ID int64 `arg:"" help:"Its number."`
}

func (c *providerOff) Run(s *session) error {
	return s.turn(c.ID, false, "is off. Whoever had signed in by it is signed out.")
}

type providerTry struct {
	ID int64 `arg:"" help:"Its number."`
}

func (c *providerTry) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		t, err := api.TryProvider(s.ctx, c.ID)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(t)
		}
		if t.Reason != "" {
			return hearth.Errorf(hearth.Unavailable, "The provider cannot be used (%s): %s", safe(t.Reason), safe(t.Detail))
		}
		return s.printf("It says that it is %s.\nPeople sign in at  %s\nCodes go to        %s\nIt has %d keys that can be used, at %s\n",
			safe(t.Issuer), safe(t.Authorization), safe(t.Token), t.Keys, safe(t.KeysAt))
	})
}

type providerRemove struct {
	ID int64 `arg:"" help:"Its number."`
}

func (c *providerRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		p, err := findProvider(s, api, c.ID)
		if err != nil {
			return err
		}
		if err := api.RemoveProvider(s.ctx, p.ID, p.Version); err != nil {
			return err
		}
		return s.printf("%s is gone.\n", safe(p.Name))
	})
}

type providerPasswords struct {
	State string `arg:"" enum:"on,off" help:"${enum}; off once an owner has signed in by a provider."`
}

func (c *providerPasswords) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		if err := api.SetPasswordSignIn(s.ctx, c.State == "on"); err != nil {
			return err
		}
		if c.State == "on" {
			return s.printf("People may sign in by password.\n")
		}
		return s.printf("Nobody signs in by password any more. The way back: hearth provider passwords on\n")
	})
}
