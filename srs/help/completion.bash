# Completion of srs in bash. See srs help completion.
_srs_completion() {
    local how=bash quoted kind value help word=${COMP_WORDS[COMP_CWORD]}
    [[ $word != [\"\']* && $COMP_WORDBREAKS == *:* ]] && how=bash:
    COMPREPLY=()
    while IFS=$'\t' read -r kind value help; do
        if [[ $kind != plain ]]; then
            compopt -o default 2>/dev/null
        elif [[ $word == \'* ]]; then
            COMPREPLY+=("${value//\'/\'\\\'\'}")
        elif [[ $word == \"* ]]; then # a name may hold $(…), which must not run
            for quoted in '\' '"' '$' '`'; do
                value=${value//"$quoted"/"\\$quoted"}
            done
            COMPREPLY+=("$value")
        else
            printf -v quoted %q "$value"
            COMPREPLY+=("$quoted")
        fi
    done < <(_SRS_COMPLETE=$how "${COMP_WORDS[0]/#\~/$HOME}" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
if type compopt >/dev/null 2>&1; then
    complete -F _srs_completion srs
else # the bash of macOS
    complete -o default -F _srs_completion srs
fi
