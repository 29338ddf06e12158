from labelsvc.web.console.office import bp


@bp.get("/imports")
def imports() -> str:
    return ""
