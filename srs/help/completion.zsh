#compdef srs
# Completion of srs in zsh. See srs help completion.
_srs_completion() {
    local kind value help
    local -a values shown
    while IFS=$'\t' read -r kind value help; do
        case $kind in
            file) _files; return ;;
            dir) _files -/; return ;;
        esac
        values+=("$value")
        shown+=("$value${help:+  -- $help}")
    done < <(_SRS_COMPLETE=zsh "${${(Q)words[1]}/#\~/$HOME}" "${(@Q)words[2,CURRENT-1]}" \
        "${(Q)PREFIX}" 2>/dev/null)
    compadd -M 'm:{a-z}={A-Z}' -l -d shown -a values
}
if ! type compdef >/dev/null; then
    autoload -Uz compinit && compinit
fi
compdef _srs_completion srs
