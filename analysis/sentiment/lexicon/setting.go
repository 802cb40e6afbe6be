package lexicon

import (
	"encoding/binary"
	"math"

	"hearth"
	"hearth/analysis/feature"
)

// Setting turns the scores of a head into probabilities for one language: the
// scores get biases added and are multiplied by Sharpness (one over the
// temperature of Guo et al., ICML 2017) before the softmax.
type Setting struct {
	Lang      string // "" for any language without its own
	Hash      uint64 // feature.LangHash(Lang)
	Sharpness float64
	Biases    [3]float64
}

// Probabilities of the three classes.
func (s *Setting) Probabilities(scores []float32) [3]float64 {
	var p [3]float64
	top := math.Inf(-1)
	for k := range p {
		p[k] = (float64(scores[k]) + s.Biases[k]) * s.Sharpness
		top = max(top, p[k])
	}
	sum := 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

const settingSize = 3 + 4*8

// AppendSettings adds the settings' file: their number (uint32, little endian),
// then for each the language in three bytes, padded by spaces, its sharpness and
// biases (float64).
func AppendSettings(data []byte, settings []Setting) []byte {
	data = binary.LittleEndian.AppendUint32(data, uint32(len(settings)))
	for _, s := range settings {
		data = append(data, (s.Lang + "   ")[:3]...)
		for _, f := range [...]float64{s.Sharpness, s.Biases[0], s.Biases[1], s.Biases[2]} {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(f))
		}
	}
	return data
}

// ReadSettings reads the settings' file; there is at least one.
func ReadSettings(data []byte) ([]Setting, error) {
	if len(data) < 4+settingSize || len(data) != 4+settingSize*int(binary.LittleEndian.Uint32(data)) {
		return nil, hearth.Errorf(hearth.Damaged, "the built-in sentiment model is damaged; build or download the program again")
	}
	var settings []Setting
	for data = data[4:]; len(data) > 0; data = data[settingSize:] {
		s := Setting{Lang: string(data[:3])}
		for len(s.Lang) > 0 && s.Lang[len(s.Lang)-1] == ' ' {
			s.Lang = s.Lang[:len(s.Lang)-1]
		}
		s.Hash = feature.LangHash(s.Lang)
		var f [4]float64
		for i := range f {
			f[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[3+8*i:]))
		}
		s.Sharpness, s.Biases = f[0], [3]float64{f[1], f[2], f[3]}
		settings = append(settings, s)
	}
	return settings, nil
}
