package bluesky

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"hearth"
	"hearth/network"
)

const maxWatched = 500 // accounts

var (
	handleForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	didForm    = regexp.MustCompile(`^did:[a-z]+:[A-Za-z0-9._:%-]+$`)
)

// parseWatched reads handles and ids (did:…) of accounts.
func parseWatched(setting string) (names []string, err error) {
	for _, name := range strings.FieldsFunc(setting, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' }) {
		name = strings.TrimPrefix(name, "@")
		if !strings.HasPrefix(name, "did:") {
			name = strings.ToLower(name)
		}
		if len(name) > 253 || !handleForm.MatchString(name) && !didForm.MatchString(name) {
			return nil, hearth.Errorf(hearth.Invalid, "%q is not a handle like acme.bsky.social.", name)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > maxWatched {
		return nil, hearth.Errorf(hearth.Invalid, "These are %d accounts; at most %d can be heard by their handles.", len(names), maxWatched)
	}
	return names, nil
}

// watched finds the accounts of the setting "authors", whose handles are put
// into their posts as these come: the stream itself names authors only by id, so
// that a query for a handle could not match. Where the AppView does not answer,
// what the cache knows has to do; a handle that nobody has is told.
func watched(ctx context.Context, s *network.Session) (map[string]profile, error) {
	names, err := parseWatched(s.Settings["authors"])
	if err != nil || len(names) == 0 {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, accountTimeout)
	defer cancel()
	found := map[string]profile{}
	missing := map[string]bool{}
	for _, name := range names {
		missing[name] = true
	}
	for some := range slices.Chunk(names, profilesPerCall) {
		list, err := fetchProfiles(ctx, s, some)
		if err != nil {
			s.Log.Warn("the AppView was not asked for the accounts to watch; those known from before are watched", "network", Name, "error", err)
			list = remembered(s.Cache, some)
		}
		for _, p := range list {
			found[p.did] = p
			delete(missing, p.did)
			delete(missing, strings.ToLower(p.handle))
			s.Cache.Put(cacheKey(p.did), p.String())
			s.Cache.Put(watchKey(strings.ToLower(p.handle)), p.did)
		}
	}
	for name := range missing {
		s.Log.Warn("Bluesky knows no account of this handle", "network", Name, "handle", name)
	}
	return found, nil
}

func watchKey(handle string) string { return "bluesky handle " + handle }

// remembered is what is known of accounts from before.
func remembered(c network.Cache, names []string) (list []profile) {
	for _, name := range names {
		did := name
		if !strings.HasPrefix(name, "did:") {
			did, _ = c.Get(watchKey(name))
		}
		if known, ok := c.Get(cacheKey(did)); ok && did != "" {
			p := parseProfile(known)
			p.did = did
			list = append(list, p)
		}
	}
	return list
}
