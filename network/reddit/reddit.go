package reddit

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "reddit"

const (
	publicAPI   = "https://oauth.reddit.com"
	publicToken = "https://www.reddit.com/api/v1/access_token"
	site        = "https://www.reddit.com"
)

// Network is Reddit.
func Network() network.Network {
	return build(pace{least: 5 * time.Second, recheck: 10 * time.Minute, page: 100, timeout: 30 * time.Second})
}

// pace is what tests make quicker and smaller.
type pace struct {
	least   time.Duration // between two rounds
	recheck time.Duration // between two looks at what was given out
	page    int           // entries asked for at a time
	timeout time.Duration // of one call
}

func build(p pace) network.Network {
	return network.Network{
		Name:  Name,
		Title: "Reddit",
		Fields: []network.Field{
			{
				Name: "client_id", Title: "App id", Required: true, Check: checkWord,
				Help: "The id of an app that Reddit has approved; it stands under the app's name at reddit.com/prefs/apps.",
			},
			{
				Name: "client_secret", Title: "App secret", Secret: true,
				Help: "The app's secret; leave it out for an installed app, which has none.",
			},
			{
				Name: "username", Title: "Reddit user", Required: true, Check: checkWord,
				Help: "Name of the Reddit account that the app belongs to; Reddit wants to be told with every call.",
			},
			{
				Name: "password", Title: "Password", Secret: true,
				Help: "Password of that account, for a script app that reads what only the account may see; not needed for public subreddits.",
			},
			{
				Name: "subreddits", Title: "Subreddits", Check: func(v string) error { _, err := parseSubreddits(v); return err },
				Help: "Names of the subreddits to read, separated by commas, like coffee, espresso.",
			},
			{
				Name: "kinds", Title: "What to read", Default: "all", Choices: []string{"all", "posts", "comments"},
				Help: "Posts, comments, or all of it, in the subreddits.",
			},
			{
				Name: "search", Title: "Search", Check: checkSearch,
				Help: "Words that are looked for in the posts of all of Reddit, like \"Acme Rail\" OR acmerail; comments cannot be searched.",
			},
			{
				Name: "interval", Title: "Interval", Default: "30s", Check: func(v string) error {
					if d, err := time.ParseDuration(v); err != nil || d < p.least || d > time.Hour {
						return hearth.Errorf(hearth.Invalid, "%q is not a time from %s to an hour, like 30s.", v, p.least)
					}
					return nil
				},
				Help: "How often to ask what is new; each listing costs one of about 100 calls a minute.",
			},
			{
				Name: "server", Title: "Server", Default: publicAPI, Check: func(v string) error { _, err := parseAddress(v); return err },
				Help: "Address of the API.",
			},
			{
				Name: "token_url", Title: "Token address", Default: publicToken, Check: func(v string) error { _, err := parseAddress(v); return err },
				Help: "Address where tokens are given out.",
			},
		},
		Stream: p.stream,
		Search: p.search,
		Decode: decode,
	}
}

func parseAddress(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not an address like %s.", s, publicAPI)
	}
	return u, nil
}

// checkWord refuses what could not stand in a header.
func checkWord(v string) error {
	if strings.ContainsFunc(v, func(c rune) bool { return c <= ' ' || c > '~' }) || len(v) > 100 {
		return hearth.Errorf(hearth.Invalid, "%q has characters that Reddit does not use there.", v)
	}
	return nil
}

func checkSearch(v string) error {
	if len(v) > maxQuery {
		return hearth.Errorf(hearth.Invalid, "It is longer than the %d characters that Reddit takes.", maxQuery)
	}
	return nil
}

var subredditName = regexp.MustCompile(`^(?:u_)?[A-Za-z0-9][A-Za-z0-9_-]{1,30}$`)

const maxSubreddits = 100

// parseSubreddits reads names separated by commas, plus signs or spaces.
func parseSubreddits(s string) (names []string, err error) {
	for _, name := range strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == '+' || c == ' ' }) {
		name = strings.TrimPrefix(strings.TrimPrefix(name, "/"), "r/")
		if !subredditName.MatchString(name) {
			return nil, hearth.Errorf(hearth.Invalid, "%q is not the name of a subreddit.", name)
		}
		names = append(names, name)
	}
	if len(names) > maxSubreddits {
		return nil, hearth.Errorf(hearth.Invalid, "At most %d subreddits are read together; make another source for the others.", maxSubreddits)
	}
	return names, nil
}
