package webhook

import (
	"encoding/base64"
	"net/http"
	"strings"

	"hearth"
	"hearth/network"
)

// Name is the network's name.
const Name = "webhook"

// Network is the generic webhook.
func Network() network.Network {
	fields := []network.Field{
		{
			Name: "secret", Title: "Secret", Secret: true, Required: true, Make: newSecret, Check: checkSecrets,
			Help: "What deliveries are signed with; made for you if you leave it out. During a rotation both, separated by a space.",
		},
		{
			Name: "signature", Title: "Signature", Default: "standard", Choices: schemeNames(),
			Help: "How the sender signs: standard is Standard Webhooks, hub is X-Hub-Signature-256, bearer is a secret in the Authorization header.",
		},
		{
			Name: "header", Title: "Signature header", Check: checkHeader,
			Help: "The header with the signature, where it has another name than usual.",
		},
		{
			Name: "time_header", Title: "Time header", Check: checkHeader,
			Help: "The header with the time of signing, where it has another name than usual.",
		},
		{
			Name: "network", Title: "Network", Default: Name, Check: checkNetworks,
			Help: "Network of the posts, like shop-reviews. Separated by commas: the others that a post may name; the first is for those that name none.",
		},
	}
	for _, f := range network.MappingFields() {
		if f.Name != "network" {
			fields = append(fields, f)
		}
	}
	return network.Network{
		Name: Name, Title: "Webhook", Fields: fields,
		Webhook: &network.Webhook{
			Verify: verify, Read: read, Example: example,
			Keep: []string{"Content-Type", "Ce-*"},
		},
	}
}

func schemeNames() (names []string) {
	for _, s := range network.Schemes() {
		names = append(names, s.Name)
	}
	return names
}

// secretPrefix begins a secret of Standard Webhooks: what follows is Base64.
const secretPrefix = "whsec_"

func newSecret(random []byte) string { return secretPrefix + base64.StdEncoding.EncodeToString(random) }

const (
	leastSecret = 16 // bytes
	mostSecrets = 4
)

func checkSecrets(v string) error {
	list := strings.Fields(v)
	if len(list) > mostSecrets {
		return hearth.Errorf(hearth.Invalid, "there are more than %d secrets; a rotation needs two.", mostSecrets)
	}
	for _, text := range list {
		if text == "(set)" { // as it is shown, for the stored one
			continue
		}
		if key, err := secretKey(text, "standard"); err != nil || len(key) < leastSecret {
			return hearth.Errorf(hearth.Invalid, "a secret has at least %d bytes; after whsec_ it is Base64.", leastSecret)
		}
	}
	return nil
}

// secretKey is the key that a secret is written for.
func secretKey(text, signature string) ([]byte, error) {
	if encoded, ok := strings.CutPrefix(text, secretPrefix); ok && signature == "standard" {
		return base64.StdEncoding.DecodeString(encoded)
	}
	return []byte(text), nil
}

func checkHeader(v string) error {
	if len(v) > 64 || strings.ContainsFunc(v, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}) {
		return hearth.Errorf(hearth.Invalid, "a header's name is made of letters, digits and -.")
	}
	return nil
}

func checkNetworks(v string) error {
	for _, name := range strings.Split(v, ",") {
		if !hearth.IsNetworkName(strings.TrimSpace(name)) {
			return hearth.Errorf(hearth.Invalid, "a network's name has 1 to 32 of the characters a–z, 0–9 and -.")
		}
	}
	return nil
}

// scheme is how the source's deliveries are signed.
func scheme(settings map[string]string) network.Scheme {
	sc, ok := network.SchemeOf(settings["signature"])
	if !ok {
		sc, _ = network.SchemeOf("standard")
	}
	if name := settings["header"]; name != "" {
		sc.Header = http.CanonicalHeaderKey(name)
	}
	if name := settings["time_header"]; name != "" && sc.Time != "" {
		sc.Time = http.CanonicalHeaderKey(name)
	}
	return sc
}

// verify is network.Webhook.Verify.
func verify(s *network.Session, d *network.Delivery) (id string, err error) {
	var secrets [][]byte
	for _, text := range strings.Fields(s.Settings["secret"]) {
		if key, err := secretKey(text, s.Settings["signature"]); err == nil && len(key) > 0 {
			secrets = append(secrets, key)
		}
	}
	sc := scheme(s.Settings)
	return sc.Verify(secrets, d, s.Clock())
}
